// Package queuetest has a queue in memory.
package queuetest

import (
	"context"
	"sync"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// A Queue keeps what it is sent.
type Queue struct {
	// Refuse, if set, decides which messages are refused.
	Refuse func(queue.Message) error

	mu   sync.Mutex
	sent []queue.Message
}

var _ queue.Sender = (*Queue)(nil)

// Send accepts messages.
func (q *Queue) Send(_ context.Context, messages []queue.Message) []error {
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

// Sent returns every accepted message, in order.
func (q *Queue) Sent() []queue.Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]queue.Message(nil), q.sent...)
}
