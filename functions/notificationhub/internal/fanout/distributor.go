package fanout

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Distributor sends chunks to the fan-out queue.
type Distributor struct {
	Queue  queue.Sender
	Jitter deliver.Jitter // Default: none, for tests
}

// Distribute queues a delivery to connections for the first time.
func (d Distributor) Distribute(ctx context.Context, delivery hub.Delivery, connections []hub.Connection) error {
	return d.send(ctx, Split(delivery, connections, 1), 0)
}

// Retry queues the failures of an attempt as smaller chunks, with the delay before the next attempt. Connections that
// received part of the messages get only the rest. For those whose turn did not come it does not count as an attempt.
func (d Distributor) Retry(ctx context.Context, delivery hub.Delivery, failures []deliver.Failure, attempt int) error {
	var failed, late []deliver.Failure
	for _, f := range failures {
		if errors.Is(f.Err, deliver.ErrNoTime) {
			late = append(late, f)
		} else {
			failed = append(failed, f)
		}
	}
	return errors.Join(
		d.send(ctx, remainders(delivery, failed, attempt+1), d.delay(attempt)),
		d.send(ctx, remainders(delivery, late, attempt), 0),
	)
}

func (d Distributor) send(ctx context.Context, chunks []Chunk, delay time.Duration) error {
	if len(chunks) == 0 {
		return nil
	}
	out := make([]queue.Message, 0, len(chunks))
	for _, c := range chunks {
		m, err := c.queueMessage(delay)
		if err != nil {
			return err
		}
		out = append(out, m)
	}
	if err := errors.Join(d.Queue.Send(ctx, out)...); err != nil {
		return fmt.Errorf("fanout: queue %d chunks: %w", len(out), err)
	}
	return nil
}

// remainders groups failures by how many messages they received.
func remainders(delivery hub.Delivery, failures []deliver.Failure, attempt int) []Chunk {
	byDelivered := map[int][]hub.Connection{}
	for _, f := range failures {
		byDelivered[f.Delivered] = append(byDelivered[f.Delivered], f.Connection)
	}
	var chunks []Chunk
	for _, n := range slices.Sorted(maps.Keys(byDelivered)) {
		chunks = append(chunks, Split(delivery.Rest(n), byDelivered[n], attempt)...)
	}
	return chunks
}

// delay returns how long to wait after an attempt: 2, 8, 32, 128 s, and up to as much again, so that the chunks of one
// throttled room do not return together.
func (d Distributor) delay(attempt int) time.Duration {
	base := 2 * time.Second << (2 * min(attempt-1, 8))
	if d.Jitter != nil {
		base += d.Jitter(base)
	}
	return min(base, queue.MaxDelay)
}
