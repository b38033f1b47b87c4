package broadcast

import (
	"context"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// deliverTo delivers its messages to an audience. Up to contract.SmallRoom connections are served at once; as soon as there
// are more, whole chunks are queued while further pages are read.
//
// work ends before ctx, so that what could not be delivered in time can still be queued.
func (b *Broadcaster) deliverTo(ctx, work context.Context, roomID string, a *audience) error {
	var pending []hub.Connection
	large := false
	err := b.Directory.Each(work, roomID, a.userID, func(page []hub.Connection) error {
		pending = append(pending, page...)
		if len(pending) <= contract.SmallRoom {
			return nil
		}
		large = true
		whole := len(pending) - len(pending)%contract.SmallRoom
		chunks := pending[:whole]
		pending = append([]hub.Connection(nil), pending[whole:]...)
		return b.Distributor.Distribute(work, roomID, a.messages, chunks)
	})
	switch {
	case err != nil:
		return fmt.Errorf("broadcast: deliver to connections: %w", err)
	case len(pending) == 0:
		return nil
	case large:
		return b.Distributor.Distribute(work, roomID, a.messages, pending)
	default:
		return b.deliver(ctx, work, roomID, a, pending)
	}
}

// deliver posts to a small room. Connections that fail are queued, as after the first attempt of a chunk.
func (b *Broadcaster) deliver(ctx, work context.Context, roomID string, a *audience, connections []hub.Connection) error {
	failures := b.Deliverer.Deliver(work, roomID, a.messages, connections)
	if len(failures) == 0 {
		return nil
	}
	b.Log.WarnContext(ctx, "room partly delivered", "room_id", roomID,
		"connections", len(connections), "failed", len(failures), "error", failures[0].Err)
	return b.Distributor.Retry(ctx, roomID, a.messages, failures, 1)
}
