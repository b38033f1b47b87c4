package broadcast

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Sequencer numbers the messages of a room.
type Sequencer interface {
	// Reserve takes the next n numbers of the room and returns the position after them.
	Reserve(ctx context.Context, roomID string, n int) (hub.Position, error)
}

// A Historian stores messages for clients that reconnect. It may store none.
type Historian interface {
	Keep(ctx context.Context, messages []hub.Message) error
}

// A Directory finds connections.
type Directory interface {
	// Each calls page with each page of the room's connections, or only those of userID unless that is empty.
	// It stops at the first error of page and returns it. page may retain its argument.
	Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error
}

// A Deliverer posts messages to connections and returns those that failed.
type Deliverer interface {
	Deliver(ctx context.Context, roomID string, messages []hub.Message, connections []hub.Connection) []deliver.Failure
}

// A Distributor queues deliveries for other workers.
type Distributor interface {
	// Distribute queues a first attempt.
	Distribute(ctx context.Context, roomID string, messages []hub.Message, connections []hub.Connection) error
	// Retry queues the failures of an attempt.
	Retry(ctx context.Context, roomID string, messages []hub.Message, failures []deliver.Failure, attempt int) error
}

// roomsAtOnce is how many rooms of one batch are handled concurrently.
const roomsAtOnce = 8

// A Broadcaster handles batches of the intake queue.
type Broadcaster struct {
	Rooms       Sequencer
	History     Historian
	Directory   Directory
	Deliverer   Deliverer
	Distributor Distributor
	DeadLetters queue.Sender
	Now         func() time.Time
	Log         *slog.Logger
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
	if err := b.store(work, room); err != nil {
		b.Log.ErrorContext(ctx, "room failed", "room_id", room.id, "messages", len(room.messages), "error", err)
		return room.recordIDs
	}
	var failed []string
	for _, a := range room.audiences() {
		if err := b.deliverTo(ctx, work, room.id, a); err != nil {
			b.Log.ErrorContext(ctx, "delivery failed", "room_id", room.id, "message_ids", a.messageIDs(), "error", err)
			failed = append(failed, a.recordIDs...)
			continue
		}
		b.Log.InfoContext(ctx, "broadcast", "room_id", room.id, "message_ids", a.messageIDs())
	}
	return failed
}

// store numbers the room's messages and stores them. It runs before the connections are read: a client that connects too
// late to be among them finds the messages in history.
func (b *Broadcaster) store(ctx context.Context, room *room) error {
	last, err := b.Rooms.Reserve(ctx, room.id, len(room.messages))
	if err != nil {
		return fmt.Errorf("broadcast: number %d messages: %w", len(room.messages), err)
	}
	room.number(last.Seq)
	if err := b.History.Keep(ctx, room.messages); err != nil {
		return fmt.Errorf("broadcast: store %d messages: %w", len(room.messages), err)
	}
	return nil
}
