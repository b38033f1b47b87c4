package subscriber

import (
	"errors"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
)

// reasonOf is why a text was not understood, without its detail, which quotes the text: logs hold no messages.
func reasonOf(err error) string {
	for _, kind := range []error{alert.ErrMissing, alert.ErrTwice, alert.ErrInvalid} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return alert.ErrUnknown.Error()
}
