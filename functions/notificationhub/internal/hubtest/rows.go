package hubtest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// Rows is the tables of a room's log in memory.
type Rows struct {
	// Retention is how long history answers a row. Default: a day; a negative one is none.
	Retention time.Duration
	// Fail, if set, fails a call before it does anything. Operations are named as those of roomlog.Store.
	Fail func(operation, roomID string) error

	mu    sync.Mutex
	rows  map[string][]roomlog.Row // in the order of their numbers
	hints map[string]hub.Position
}

var _ roomlog.Store = (*Rows)(nil)

func (r *Rows) fail(operation, roomID string) error {
	if r.Fail == nil {
		return nil
	}
	return r.Fail(operation, roomID)
}

// Put adds the row unless one begins where it does.
func (r *Rows) Put(_ context.Context, row roomlog.Row) error {
	if err := r.fail("Put", row.RoomID); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	at, taken := slices.BinarySearchFunc(r.rows[row.RoomID], row.First, func(other roomlog.Row, first int64) int { return int(other.First - first) })
	if taken {
		return roomlog.ErrTaken
	}
	if r.rows == nil {
		r.rows = map[string][]roomlog.Row{}
	}
	row.Messages = slices.Clone(row.Messages)
	row.Until = row.Time.Add(cmp.Or(r.Retention, 24*time.Hour))
	r.rows[row.RoomID] = slices.Insert(r.rows[row.RoomID], at, row)
	return nil
}

// Since reads rows in order.
func (r *Rows) Since(_ context.Context, roomID string, first int64, limit int) ([]roomlog.Row, bool, error) {
	found := r.find(roomID, func(row roomlog.Row) bool { return row.First >= first })
	return found[:min(limit, len(found))], len(found) > limit, r.fail("Since", roomID)
}

// Until reads rows against their order.
func (r *Rows) Until(_ context.Context, roomID string, last int64, limit int) ([]roomlog.Row, bool, error) {
	found := r.find(roomID, func(row roomlog.Row) bool { return row.First <= last })
	slices.Reverse(found)
	return found[:min(limit, len(found))], len(found) > limit, r.fail("Until", roomID)
}

func (r *Rows) find(roomID string, wanted func(roomlog.Row) bool) []roomlog.Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []roomlog.Row
	for _, row := range r.rows[roomID] {
		if wanted(row) {
			found = append(found, row)
		}
	}
	return found
}

// Hint is the room's hint.
func (r *Rows) Hint(_ context.Context, roomID string) (hub.Position, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hints[roomID], r.fail("Hint", roomID)
}

// SetHint moves the room's hint on.
func (r *Rows) SetHint(_ context.Context, roomID string, position hub.Position) error {
	if err := r.fail("SetHint", roomID); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hints == nil {
		r.hints = map[string]hub.Position{}
	}
	if r.hints[roomID].Seq < position.Seq {
		r.hints[roomID] = position
	}
	return nil
}

// Kept is all rows of the room, in order.
func (r *Rows) Kept(roomID string) []roomlog.Row {
	return r.find(roomID, func(roomlog.Row) bool { return true })
}

// Delete takes away the row that begins at first, as its time to live does.
func (r *Rows) Delete(roomID string, first int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows[roomID] = slices.DeleteFunc(r.rows[roomID], func(row roomlog.Row) bool { return row.First == first })
}
