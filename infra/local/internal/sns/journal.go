package sns

import (
	"slices"
	"sync"
	"time"
)

// An Attempt is one attempt to deliver a message.
type Attempt struct {
	Time            time.Time `json:"time"`
	SubscriptionARN string    `json:"subscription_arn"`
	MessageID       string    `json:"message_id"`
	Type            string    `json:"type"`
	Number          int       `json:"number"` // from 1
	Delivered       bool      `json:"delivered"`
	Final           bool      `json:"final"`            // it is not retried
	Reason          string    `json:"reason,omitempty"` // why it was not delivered
}

// maxAttempts is how many attempts are kept.
const maxAttempts = 1000

type journal struct {
	mu       sync.Mutex
	attempts []Attempt
}

// Attempts returns the latest attempts, at most 1,000, oldest first.
func (n *Notifier) Attempts() []Attempt {
	n.journal.mu.Lock()
	defer n.journal.mu.Unlock()
	return slices.Clone(n.journal.attempts)
}

func (n *Notifier) record(d delivery, number int, how outcome, reason error) {
	a := Attempt{
		Time: n.config.Clock.Now().UTC(), SubscriptionARN: d.to.ARN, MessageID: d.message.id, Type: d.message.kind,
		Number: number, Delivered: how == delivered, Final: how != failed || number > len(d.delays),
	}
	if reason != nil {
		a.Reason = reason.Error()
	}
	n.journal.mu.Lock()
	n.journal.attempts = append(n.journal.attempts, a)
	if excess := len(n.journal.attempts) - maxAttempts; excess > 0 {
		n.journal.attempts = slices.Delete(n.journal.attempts, 0, excess)
	}
	n.journal.mu.Unlock()
	n.config.Logger.Info("sns delivery", "subscription", a.SubscriptionARN, "message", a.MessageID, "type", a.Type,
		"attempt", a.Number, "delivered", a.Delivered, "final", a.Final, "reason", a.Reason)
}
