package broadcast

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// An Appender numbers the messages of a room and stores them.
type Appender interface {
	// Append gives each message one number, however often it is appended.
	Append(ctx context.Context, roomID string, messages []hub.Message) (roomlog.Appended, error)
	// Hint completes what Append has begun. The records of the messages are not done before.
	Hint(ctx context.Context, roomID string, position hub.Position) error
	// Delivered notes that a run need not be delivered again.
	Delivered(run roomlog.Run)
}

// A Directory finds connections.
type Directory interface {
	// Each calls page with each page of the room's connections, or only those of userID unless that is empty.
	// It stops at the first error of page and returns it. page may retain its argument.
	Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error
}

// A Deliverer posts messages to connections and returns those that failed.
type Deliverer interface {
	Deliver(ctx context.Context, d hub.Delivery, connections []hub.Connection) []deliver.Failure
}

// A Distributor queues deliveries for other workers.
type Distributor interface {
	// Distribute queues a first attempt.
	Distribute(ctx context.Context, d hub.Delivery, connections []hub.Connection) error
	// Retry queues the failures of an attempt.
	Retry(ctx context.Context, d hub.Delivery, failures []deliver.Failure, attempt int) error
}

// roomsAtOnce is how many rooms of one batch are handled concurrently.
const roomsAtOnce = 8

// A Broadcaster handles batches of the intake queue.
type Broadcaster struct {
	Rooms       Appender
	Directory   Directory
	Deliverer   Deliverer
	Distributor Distributor
	DeadLetters queue.Sender
	Now         func() time.Time
	Log         *slog.Logger
	Metrics     *metrics.Emitter
}

// Broadcast handles every record and returns the ids of those that the queue must redeliver. A failed room fails only its
// own records. A record that can never succeed goes to the dead-letter queue and counts as handled.
func (b *Broadcaster) Broadcast(ctx context.Context, records []queue.Record) (failed []string) {
	batch := b.sort(records)
	failed = b.sendToDeadLetterQueue(ctx, batch.poison)

	results := make([][]string, len(batch.rooms))
	slots := make(chan struct{}, roomsAtOnce)
	var rooms sync.WaitGroup
	for i, room := range batch.rooms {
		slots <- struct{}{}
		rooms.Go(func() {
			defer func() { <-slots }()
			results[i] = b.broadcastRoom(ctx, room)
		})
	}
	rooms.Wait()
	for _, r := range results {
		failed = append(failed, r...)
	}
	return failed
}

// broadcastRoom returns the ids of the room's records that failed.
func (b *Broadcaster) broadcastRoom(ctx context.Context, room *room) []string {
	work, cancel := deadline.WithReserve(ctx)
	defer cancel()
	failed := b.notify(ctx, work, room)
	if len(room.messages) == 0 {
		return failed
	}
	return append(failed, b.broadcastMessages(ctx, work, room)...)
}

func (b *Broadcaster) broadcastMessages(ctx, work context.Context, room *room) (failed []string) {
	appended, err := b.Rooms.Append(work, room.id, room.messages)
	if err != nil {
		b.Log.ErrorContext(ctx, "room failed", "room_id", room.id, "messages", len(room.messages), "error", err)
		return recordsOf(room.messages)
	}
	b.Metrics.Count(contract.MetricPublications, len(room.messages))
	// The messages are stored before the connections are read: a client that connects too late to be among them finds the
	// messages in history.
	hinted := make(chan error, 1)
	go func() { hinted <- b.Rooms.Hint(work, room.id, appended.Last) }()
	for _, run := range appended.Runs {
		undelivered := b.deliverRun(ctx, work, run)
		if len(undelivered) == 0 {
			b.Rooms.Delivered(run)
			b.Log.InfoContext(ctx, "broadcast", "room_id", room.id, "message_ids", idsOf(run.Messages))
		}
		failed = append(failed, undelivered...)
	}
	if err := <-hinted; err != nil {
		b.Log.ErrorContext(ctx, "room failed", "room_id", room.id, "messages", len(room.messages), "error", err)
		return recordsOf(room.messages)
	}
	return failed
}
