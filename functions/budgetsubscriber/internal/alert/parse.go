package alert

import (
	"fmt"
	"strings"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// verified is the message that Budgets publishes when a topic is attached to a budget.
const verified = "SNS Topic Verified!"

// IsTopicVerified reports whether a message is only the test that Budgets sends when a topic is attached.
func IsTopicVerified(subject, message string) bool {
	return strings.TrimSpace(message) == verified || strings.TrimSpace(subject) == verified
}

// Parse parses the message of a notification. The alert has no ID and no Time, which only the envelope has. Errors
// match ErrUnknown for other texts, and ErrMissing, ErrTwice or ErrInvalid for an alert whose format has changed.
func Parse(message string) (contract.Alert, error) {
	var alert contract.Alert
	var err error
	switch text := strings.TrimLeft(message, " \t\r\n\ufeff"); {
	case strings.HasPrefix(text, "{"):
		alert, err = parseAnomaly(text)
	default:
		alert, err = parseBudget(text)
	}
	if err != nil {
		return contract.Alert{}, fmt.Errorf("alert: parse: %w", err)
	}
	return alert, nil
}
