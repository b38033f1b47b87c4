package management

import (
	"fmt"
	"io"
	"net/http"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
)

// maxAnswerBytes is how much of a body is read. API Gateway's bodies are one sentence.
const maxAnswerBytes = 512

// readAnswer translates a status to a sentinel of package deliver. It reads the body to its end, without which the socket
// could not be reused.
func readAnswer(res *http.Response) error {
	body := io.LimitReader(res.Body, maxAnswerBytes)
	kind := kindOf(res.StatusCode)
	if kind == nil {
		_, _ = io.Copy(io.Discard, body)
		return nil
	}
	answer, _ := io.ReadAll(body)
	return fmt.Errorf("%w: status %d: %.200q", kind, res.StatusCode, answer)
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
