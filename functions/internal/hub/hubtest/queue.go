package hubtest

import (
	"context"
	"sync"

	"github.com/hermes-cdk/hermes/functions/internal/hub"
)

// A Queue keeps what it is sent.
type Queue struct {
	// Refuse, if set, decides which messages are not taken.
	Refuse func(hub.QueueMessage) error

	mu   sync.Mutex
	sent []hub.QueueMessage
}

// Send takes messages.
func (q *Queue) Send(_ context.Context, messages []hub.QueueMessage) []error {
	q.mu.Lock()
	defer q.mu.Unlock()
	errs := make([]error, len(messages))
	for i, m := range messages {
		if q.Refuse != nil {
			errs[i] = q.Refuse(m)
		}
		if errs[i] == nil {
			q.sent = append(q.sent, m)
		}
	}
	return errs
}

// Sent is all that was taken, in order.
func (q *Queue) Sent() []hub.QueueMessage {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]hub.QueueMessage(nil), q.sent...)
}
