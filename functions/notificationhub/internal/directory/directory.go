package directory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

const (
	// settling is longer than a handshake can take from the moment that API Gateway calls the time of connecting until the
	// connection's row is written: at most 29 s for the authorizer, and 29 s for $connect. So no row appears any more among those
	// that are older.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
	settling = time.Minute
	// maxAge is how long a room is kept before it is read again, without those who left.
	maxAge = 30 * time.Second
	// maxKept bounds the connections that are kept of all rooms, at some 200 bytes each.
	maxKept = 500_000
	// pageSize is how many connections are given at a time of those that are kept.
	pageSize = 5000
)

// A Table is where the connections are.
type Table interface {
	// Each calls page with each page of the room's connections, or only those of userID unless that is empty.
	Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error
	// Since calls page with each page of the room's connections that connected at a time or later.
	Since(ctx context.Context, roomID string, at time.Time, page func([]hub.Connection) error) error
}

// A Directory keeps large rooms between messages. One serves all of a process.
type Directory struct {
	table Table
	now   func() time.Time

	mu    sync.Mutex
	rooms map[string]*room
}

// A room is what is kept of a room: the connections that had settled.
type room struct {
	readAt time.Time
	size   int // when it was read

	mu      sync.Mutex
	until   time.Time // those who connected until then are in settled
	settled []hub.Connection
}

// New returns a Directory.
func New(table Table, now func() time.Time) *Directory {
	return &Directory{table: table, now: now, rooms: map[string]*room{}}
}

// Each calls page with each page of the room's connections, or only those of userID unless that is empty. It stops at the first
// error of page and returns it. page may retain its argument, and must not change it.
func (d *Directory) Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error {
	if userID != "" {
		return d.table.Each(ctx, roomID, userID, page)
	}
	r := d.room(roomID)
	if r == nil {
		return d.read(ctx, roomID, page)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for part := range slices.Chunk(r.settled, pageSize) {
		if err := page(part); err != nil {
			return err
		}
	}
	now := d.now()
	var settled []hub.Connection
	err := d.table.Since(ctx, roomID, r.until.Add(time.Millisecond), func(young []hub.Connection) error {
		settled = appendSettled(settled, young, now)
		return page(young)
	})
	if until := settledBy(now); err == nil && until.After(r.until) { // a clock may be set back
		r.settled, r.until = append(r.settled, settled...), until
	}
	return err
}

// read reads the whole room, and keeps it if it is large.
func (d *Directory) read(ctx context.Context, roomID string, page func([]hub.Connection) error) error {
	now, count := d.now(), 0
	var settled []hub.Connection
	err := d.table.Each(ctx, roomID, "", func(all []hub.Connection) error {
		count += len(all)
		settled = appendSettled(settled, all, now)
		return page(all)
	})
	if err == nil && count > contract.SmallRoom {
		d.keep(roomID, &room{readAt: now, size: len(settled), until: settledBy(now), settled: settled})
	}
	return err
}

// settledBy returns until when connections have settled, in the table's whole milliseconds.
func settledBy(now time.Time) time.Time { return now.Add(-settling).Truncate(time.Millisecond) }

// appendSettled appends those connections of a page that had settled when it was read.
func appendSettled(settled, page []hub.Connection, now time.Time) []hub.Connection {
	for _, c := range page {
		if !c.ConnectedAt.After(settledBy(now)) {
			settled = append(settled, c)
		}
	}
	return settled
}

// room returns a room that is kept and not too old, or nil.
func (d *Directory) room(roomID string) *room {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.rooms[roomID]
	if r != nil && d.now().Sub(r.readAt) >= maxAge {
		delete(d.rooms, roomID)
		return nil
	}
	return r
}

// keep keeps a room, and drops those that are too old, or all others if there are too many connections.
func (d *Directory) keep(roomID string, r *room) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := r.size
	for id, other := range d.rooms {
		if r.readAt.Sub(other.readAt) >= maxAge || kept+other.size > maxKept {
			delete(d.rooms, id)
			continue
		}
		kept += other.size
	}
	if r.size <= maxKept {
		d.rooms[roomID] = r
	}
}
