package alert

import (
	"fmt"
	"strings"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// verified is what Budgets publishes when a topic is attached to a budget.
const verified = "SNS Topic Verified!"

// IsTopicVerified says whether a message is only the trial that Budgets sends when a topic is attached.
func IsTopicVerified(subject, message string) bool {
	return strings.TrimSpace(message) == verified || strings.TrimSpace(subject) == verified
}

// Parse reads the message of a notification. The alert lacks what only its envelope knows: ID and Time. Errors match
// ErrUnknown for other texts, and ErrMissing, ErrTwice or ErrInvalid for an alert that has changed its form.
func Parse(message string) (contract.Alert, error) {
	var alert contract.Alert
	var err error
	switch text := strings.TrimLeft(message, " \t\r\n\ufeff"); {
	case strings.HasPrefix(text, "{"):
		alert, err = parseAnomaly(text)
	default:
		alert, err = parseLetter(text)
	}
	if err != nil {
		return contract.Alert{}, fmt.Errorf("alert: parse: %w", err)
	}
	return alert, nil
}
