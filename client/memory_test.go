package client

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"
)

func newName() string { return strings.ToLower(rand.Text()) }

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// memoryRows is a rowStore in memory. It passes the same suite as the table on a real peer.
type memoryRows struct {
	mu      sync.Mutex
	rows    map[[2]string]row
	puts    int
	failGet error
	failPut error
	// beforePut runs before a conditional write, to let another writer come first.
	beforePut func()
}

func newMemoryRows() *memoryRows { return &memoryRows{rows: map[[2]string]row{}} }

func (m *memoryRows) get(_ context.Context, userID, roomID string) (*row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failGet != nil {
		return nil, m.failGet
	}
	r, found := m.rows[[2]string{userID, roomID}]
	if !found {
		return nil, nil
	}
	return &r, nil
}

func (m *memoryRows) put(_ context.Context, userID, roomID string, seen *row, next row) error {
	if m.beforePut != nil {
		m.beforePut()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failPut != nil {
		return m.failPut
	}
	key := [2]string{userID, roomID}
	held, found := m.rows[key]
	if found != (seen != nil) {
		return errConflict
	}
	if found && (held.token != seen.token || (held.expiresAt == 0) != (seen.expiresAt == 0) || held.expiresAt > next.expiresAt) {
		return errConflict
	}
	m.rows[key] = next
	m.puts++
	return nil
}

func (m *memoryRows) remove(_ context.Context, userID, roomID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, [2]string{userID, roomID})
	return nil
}
