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

// MaxAttempts is how often a chunk is tried before it is given up.
const MaxAttempts = 5

// A Deliverer posts messages to connections and returns those that failed.
type Deliverer interface {
	Deliver(ctx context.Context, d hub.Delivery, connections []hub.Connection) []deliver.Failure
}

// A Closer closes a connection. It returns nil if the connection is closed, and deliver.ErrGone if it was.
type Closer interface {
	Close(ctx context.Context, connectionID string) error
}

// A Worker delivers chunks.
type Worker struct {
	Deliverer   Deliverer
	Closer      Closer
	Distributor Distributor
	DeadLetters queue.Sender
	Log         *slog.Logger
}

// Handle delivers the chunk in body. An error means that the queue must redeliver the chunk; deliveries that failed and
// were queued again are not an error.
func (w Worker) Handle(ctx context.Context, body string) error {
	chunk, err := Parse([]byte(body))
	if err != nil {
		return w.sendToDeadLetterQueue(ctx, queue.Message{Body: body, Error: err.Error(), Permanent: true})
	}
	work, cancel := deadline.WithReserve(ctx)
	defer cancel()
	failures := w.Deliverer.Deliver(work, chunk.Delivery, chunk.HubConnections())
	if len(failures) == 0 {
		return nil
	}
	w.Log.WarnContext(ctx, "chunk partly delivered", "room_id", chunk.RoomID, "attempt", chunk.Attempt,
		"connections", len(chunk.Connections), "failed", len(failures), "error", failures[0].Err)
	if chunk.Attempt < MaxAttempts {
		return w.Distributor.Retry(ctx, chunk.Delivery, failures, chunk.Attempt)
	}
	return w.giveUp(ctx, chunk, failures)
}

func (w Worker) sendToDeadLetterQueue(ctx context.Context, dead ...queue.Message) error {
	if len(dead) == 0 {
		return nil
	}
	if err := errors.Join(w.DeadLetters.Send(ctx, dead)...); err != nil {
		return fmt.Errorf("fanout: dead letter: %w", err)
	}
	w.Log.ErrorContext(ctx, "chunk sent to the dead-letter queue", "error", dead[0].Error, "dead_letters", len(dead))
	return nil
}
