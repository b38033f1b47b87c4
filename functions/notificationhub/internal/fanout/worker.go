package fanout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// MaxAttempts is how often a chunk is tried before it goes to the dead-letter queue.
const MaxAttempts = 5

// A Deliverer posts messages to connections and returns those that failed.
type Deliverer interface {
	Deliver(ctx context.Context, roomID string, messages []hub.Message, connections []hub.Connection) []deliver.Failure
}

// A Worker delivers chunks.
type Worker struct {
	Deliverer   Deliverer
	Distributor Distributor
	DeadLetters queue.Sender
	Log         *slog.Logger
}

// Handle delivers the chunk in body. An error means that the queue must redeliver the chunk; deliveries that failed and
// were queued again are not an error.
func (w Worker) Handle(ctx context.Context, body string) error {
	chunk, err := Parse([]byte(body))
	if err != nil {
		return w.sendToDeadLetterQueue(ctx, queue.Message{Body: body, Error: err.Error()})
	}
	work, cancel := deadline.WithReserve(ctx)
	defer cancel()
	failures := w.Deliverer.Deliver(work, chunk.RoomID, chunk.Messages, chunk.HubConnections())
	if len(failures) == 0 {
		return nil
	}
	w.Log.WarnContext(ctx, "chunk partly delivered", "room_id", chunk.RoomID, "attempt", chunk.Attempt,
		"connections", len(chunk.Connections), "failed", len(failures), "error", failures[0].Err)
	if chunk.Attempt < MaxAttempts {
		return w.Distributor.Retry(ctx, chunk.RoomID, chunk.Messages, failures, chunk.Attempt)
	}
	return w.giveUp(ctx, chunk, failures)
}

// giveUp sends what is left of a chunk to the dead-letter queue, where an operator can see and redrive it.
func (w Worker) giveUp(ctx context.Context, chunk Chunk, failures []deliver.Failure) error {
	reason := fmt.Sprintf("%d connections failed %d times, the first: %v", len(failures), chunk.Attempt, failures[0].Err)
	var dead []queue.Message
	for _, rest := range remainders(chunk.RoomID, chunk.Messages, failures, 1) {
		m, err := rest.queueMessage(0)
		if err != nil {
			return err
		}
		m.Error = reason
		dead = append(dead, m)
	}
	return w.sendToDeadLetterQueue(ctx, dead...)
}

func (w Worker) sendToDeadLetterQueue(ctx context.Context, dead ...queue.Message) error {
	if err := errors.Join(w.DeadLetters.Send(ctx, dead)...); err != nil {
		return fmt.Errorf("fanout: dead letter: %w", err)
	}
	w.Log.ErrorContext(ctx, "chunk given up", "error", dead[0].Error, "dead_letters", len(dead))
	return nil
}
