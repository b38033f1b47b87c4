package fanout

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
)

// closes is how many connections are closed concurrently.
const closes = 16

// giveUp closes the connections that could not be delivered to. Their clients connect again, and recover from history what
// they have missed. Classic clients do not recover: what is left for them goes to the dead-letter queue too, where an
// operator sees it. Until all are closed, the chunk fails and is redelivered.
func (w Worker) giveUp(ctx context.Context, chunk Chunk, failures []deliver.Failure) error {
	reason := fmt.Sprintf("%d connections failed %d times, the first: %v", len(failures), chunk.Attempt, failures[0].Err)
	w.Log.ErrorContext(ctx, "chunk given up", "room_id", chunk.RoomID, "error", reason)
	if chunk.Notice != nil {
		return nil
	}
	if err := w.closeAll(ctx, failures); err != nil {
		return fmt.Errorf("fanout: close %d connections: %w", len(failures), err)
	}
	var dead []queue.Message
	for _, rest := range remainders(chunk.Delivery, classic(failures), 1) {
		m, err := rest.queueMessage(0)
		if err != nil {
			return err
		}
		m.Error = reason
		dead = append(dead, m)
	}
	return w.sendToDeadLetterQueue(ctx, dead...)
}

func (w Worker) closeAll(ctx context.Context, failures []deliver.Failure) error {
	errs := make([]error, len(failures))
	slots := make(chan struct{}, closes)
	var all sync.WaitGroup
	for i, f := range failures {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := w.Closer.Close(ctx, f.Connection.ID); !errors.Is(err, deliver.ErrGone) {
				errs[i] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func classic(failures []deliver.Failure) []deliver.Failure {
	var out []deliver.Failure
	for _, f := range failures {
		if f.Connection.Protocol != contract.Subprotocol {
			out = append(out, f)
		}
	}
	return out
}
