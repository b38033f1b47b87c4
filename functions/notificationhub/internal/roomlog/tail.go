package roomlog

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// Tail is how far the room has come: the end of its last row or, where that is gone, the hint. It is the zero Position for
// a room without messages.
func Tail(ctx context.Context, store Store, roomID string, now time.Time) (hub.Position, error) {
	tail, err := readTail(ctx, store, roomID, now, 1)
	return tail.position, err
}

// A tail is the end of a room's log: its last rows, the latest first, and the position after them. There are no rows if
// the last ones are gone.
type tail struct {
	position hub.Position
	rows     []Row
	more     bool // there are rows before
}

func readTail(ctx context.Context, store Store, roomID string, now time.Time, limit int) (tail, error) {
	found, err := readLast(ctx, store, roomID, limit)
	if err != nil || (len(found.rows) > 0 && now.Sub(found.rows[0].Time) < trusted) {
		return found, err
	}
	hint, err := store.Hint(ctx, roomID)
	if err != nil {
		return tail{}, fmt.Errorf("roomlog: hint of room %q: %w", roomID, err)
	}
	if hint.Seq <= found.position.Seq {
		return found, nil
	}
	// The rows up to the hint are gone, unless they were written just now.
	found, err = readLast(ctx, store, roomID, limit)
	if err != nil || found.position.Seq >= hint.Seq {
		return found, err
	}
	return tail{position: hint}, nil
}

func readLast(ctx context.Context, store Store, roomID string, limit int) (tail, error) {
	rows, more, err := store.Until(ctx, roomID, math.MaxInt64, limit)
	if err != nil {
		return tail{}, fmt.Errorf("roomlog: tail of room %q: %w", roomID, err)
	}
	if len(rows) == 0 {
		return tail{}, nil
	}
	return tail{position: hub.Position{Epoch: rows[0].Epoch, Seq: rows[0].Last()}, rows: rows, more: more}, nil
}
