package broadcast

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// deliverRun delivers a run to the connections of its room and returns the ids of the records that failed.
//
// work ends before ctx, so that what could not be delivered in time can still be queued.
func (b *Broadcaster) deliverRun(ctx, work context.Context, run roomlog.Run) (failed []string) {
	s := &spread{broadcaster: b, work: work, audiences: map[string]*audience{}}
	scopes := run.Addressees()
	for _, user := range scopes {
		s.audiences[user] = &audience{delivery: run.For(user)}
	}
	if run.Public() {
		s.audiences[""] = &audience{delivery: run.ForAll()}
		s.after = run.After
		scopes = []string{""}
	}
	for _, userID := range scopes {
		if err := b.Directory.Each(work, run.RoomID, userID, s.add); err != nil {
			b.Log.ErrorContext(ctx, "connections not read", "room_id", run.RoomID, "message_ids", idsOf(run.Messages), "error", err)
			return recordsOf(run.Messages)
		}
	}
	return s.finish(ctx)
}

// notify delivers the room's notices and returns the ids of the records that failed.
func (b *Broadcaster) notify(ctx, work context.Context, room *room) (failed []string) {
	for _, n := range room.notices {
		all := &audience{delivery: hub.Delivery{RoomID: room.id, Notice: &n.Notice}}
		s := &spread{broadcaster: b, work: work, audiences: map[string]*audience{"": all}, after: func(string) int64 { return 0 }}
		all.err = b.Directory.Each(work, room.id, n.userID, s.add)
		if all.err == nil {
			s.finish(ctx)
		}
		if all.err != nil {
			b.Log.ErrorContext(ctx, "notice failed", "room_id", room.id, "error", all.err)
			failed = append(failed, n.recordID)
		}
	}
	return failed
}

// An audience is connections that are sent the same delivery.
type audience struct {
	delivery hub.Delivery
	pending  []hub.Connection
	err      error
}

// A spread sorts the connections of a room by audience. Up to contract.SmallRoom connections are kept to be served here;
// as soon as there are more, whole chunks go to the queue while further pages are read.
type spread struct {
	broadcaster *Broadcaster
	work        context.Context
	audiences   map[string]*audience // by user; "" is everybody else
	after       func(userID string) int64
	connections int
}

// add takes a page of connections.
func (s *spread) add(page []hub.Connection) error {
	for _, c := range page {
		a := s.audiences[c.UserID]
		if a == nil {
			if a = s.audiences[""]; a == nil {
				continue
			}
			if after := s.after(c.UserID); after > a.delivery.After {
				c.After = after
			}
		}
		a.pending = append(a.pending, c)
	}
	s.connections += len(page)
	if !s.large() {
		return nil
	}
	for _, a := range s.audiences {
		whole := len(a.pending) - len(a.pending)%contract.SmallRoom
		if whole == 0 {
			continue
		}
		if err := s.broadcaster.Distributor.Distribute(s.work, a.delivery, a.pending[:whole]); err != nil {
			return err
		}
		a.pending = slices.Clone(a.pending[whole:])
	}
	return nil
}

func (s *spread) large() bool { return s.connections > contract.SmallRoom }

// finish serves what is pending and returns the ids of the records that failed.
func (s *spread) finish(ctx context.Context) (failed []string) {
	var all sync.WaitGroup
	for _, a := range s.audiences {
		if len(a.pending) > 0 {
			all.Go(func() { a.err = s.serve(ctx, a) })
		}
	}
	all.Wait()
	for _, a := range s.audiences {
		if a.err != nil {
			s.broadcaster.Log.ErrorContext(ctx, "delivery failed", "room_id", a.delivery.RoomID,
				"message_ids", idsOf(a.delivery.Messages), "error", a.err)
			failed = append(failed, recordsOf(a.delivery.Messages)...)
		}
	}
	slices.Sort(failed)
	return slices.Compact(failed)
}

// serve posts to an audience of a small room, or queues the rest of a large one. Connections that fail are queued, as after
// the first attempt of a chunk.
func (s *spread) serve(ctx context.Context, a *audience) error {
	b := s.broadcaster
	if s.large() {
		return b.Distributor.Distribute(s.work, a.delivery, a.pending)
	}
	failures := b.Deliverer.Deliver(s.work, a.delivery, a.pending)
	if len(failures) == 0 {
		return nil
	}
	b.Log.WarnContext(ctx, "room partly delivered", "room_id", a.delivery.RoomID,
		"connections", len(a.pending), "failed", len(failures), "error", failures[0].Err)
	if err := b.Distributor.Retry(ctx, a.delivery, failures, 1); err != nil {
		return fmt.Errorf("broadcast: queue %d connections again: %w", len(failures), err)
	}
	return nil
}
