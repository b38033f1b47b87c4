package bench

import (
	"context"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// A delayed queue is the fan-out queue: what is sent can be received once its delay is over.
type delayed struct {
	ready   chan string
	pending sync.WaitGroup // messages that are not yet handled
	delayed int
	mu      sync.Mutex
}

func newDelayed() *delayed { return &delayed{ready: make(chan string, 10_000)} }

// Send takes messages.
func (q *delayed) Send(_ context.Context, messages []queue.Message) []error {
	q.pending.Add(len(messages))
	for _, m := range messages {
		if m.Delay == 0 {
			q.ready <- m.Body
			continue
		}
		q.mu.Lock()
		q.delayed++
		q.mu.Unlock()
		time.AfterFunc(m.Delay, func() { q.ready <- m.Body })
	}
	return make([]error, len(messages))
}

// receive waits for a message and returns up to most that are there, or none when the queue is closed.
func (q *delayed) receive(most int) []string {
	first, ok := <-q.ready
	if !ok {
		return nil
	}
	batch := []string{first}
	for len(batch) < most {
		select {
		case body, ok := <-q.ready:
			if !ok {
				return batch
			}
			batch = append(batch, body)
		default:
			return batch
		}
	}
	return batch
}
