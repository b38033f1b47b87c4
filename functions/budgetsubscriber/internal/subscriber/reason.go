package subscriber

import (
	"errors"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
)

// reasonOf returns why a text was not understood, without the detail, which quotes the text: logs contain no messages.
func reasonOf(err error) string {
	for _, kind := range []error{alert.ErrMissing, alert.ErrTwice, alert.ErrInvalid} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return alert.ErrUnknown.Error()
}
