package apigw

import (
	"fmt"
	"net/http"

	"github.com/hermes-cdk/hermes/functions/internal/hub/deliver"
)

// maxAnswerBytes is how much of an error's body is read. API Gateway's are one sentence.
const maxAnswerBytes = 512

// errorOf translates a status to what it says of the connection.
func errorOf(status int, answer []byte) error {
	kind := kindOf(status)
	if kind == nil {
		return nil
	}
	return fmt.Errorf("%w: status %d: %.200q", kind, status, answer)
}

func kindOf(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusGone:
		return deliver.ErrGone
	case status == http.StatusTooManyRequests:
		return deliver.ErrThrottled
	case status >= 500:
		return deliver.ErrUnavailable
	default:
		return deliver.ErrRefused
	}
}
