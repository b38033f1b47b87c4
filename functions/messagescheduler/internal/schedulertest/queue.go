package schedulertest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// A Queue is a queue with delays and a visibility timeout.
type Queue struct {
	Now  func() time.Time
	Fail func(method string) error

	mu       sync.Mutex
	next     int
	messages []queued
}

type queued struct {
	queue.Message
	id      int
	visible time.Time
}

// Send accepts messages.
func (q *Queue) Send(_ context.Context, messages []queue.Message) []error {
	errs := make([]error, len(messages))
	if q.Fail != nil {
		if err := q.Fail("Send"); err != nil {
			for i := range errs {
				errs[i] = err
			}
			return errs
		}
	}
	q.mu.Lock()
	for _, m := range messages {
		q.next++
		q.messages = append(q.messages, queued{m, q.next, q.Now().Add(m.Delay)})
	}
	q.mu.Unlock()
	if q.Fail != nil {
		_ = q.Fail("Send done")
	}
	return errs
}

// Next returns when the next message becomes visible, and false if there is none.
func (q *Queue) Next() (time.Time, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.messages) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(q.messages, func(a, b queued) int { return a.visible.Compare(b.visible) }).visible, true
}

// Receive returns a visible message and hides it for visibility, until Delete deletes it.
func (q *Queue) Receive(visibility time.Duration) (body string, id int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, m := range q.messages {
		if !m.visible.After(q.Now()) {
			q.messages[i].visible = q.Now().Add(visibility)
			return m.Body, m.id, true
		}
	}
	return "", 0, false
}

// Delete removes a message.
func (q *Queue) Delete(id int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = slices.DeleteFunc(q.messages, func(m queued) bool { return m.id == id })
}

// All returns every message, visible or not.
func (q *Queue) All() []queue.Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := make([]queue.Message, len(q.messages))
	for i, m := range q.messages {
		all[i] = m.Message
	}
	return all
}
