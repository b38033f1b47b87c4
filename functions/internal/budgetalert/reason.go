package budgetalert

import (
	"errors"

	"github.com/hermes-cdk/hermes/functions/internal/budget"
)

// reasonOf is why a text was not understood, without its detail, which quotes the text: logs hold no messages.
func reasonOf(err error) string {
	for _, kind := range []error{budget.ErrMissing, budget.ErrTwice, budget.ErrInvalid} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return budget.ErrUnknown.Error()
}
