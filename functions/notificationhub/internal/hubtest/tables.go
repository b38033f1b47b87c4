package hubtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// Connections is the Connections table in memory.
type Connections struct {
	// PageSize is how many connections Each gives at a time. Default: 100.
	PageSize int
	// Fail, if set, is what every call returns.
	Fail error

	mu   sync.Mutex
	rows map[string]map[string]hub.Connection
}

// Add adds a connection.
func (c *Connections) Add(_ context.Context, connection hub.Connection) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return c.Fail
	}
	if c.rows == nil {
		c.rows = map[string]map[string]hub.Connection{}
	}
	if c.rows[connection.RoomID] == nil {
		c.rows[connection.RoomID] = map[string]hub.Connection{}
	}
	c.rows[connection.RoomID][connection.ID] = connection
	return nil
}

// Remove removes a connection.
func (c *Connections) Remove(_ context.Context, connection hub.Connection) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return c.Fail
	}
	delete(c.rows[connection.RoomID], connection.ID)
	return nil
}

// Each calls page with each page of the room's connections, in the order of connecting.
func (c *Connections) Each(_ context.Context, roomID, userID string, page func([]hub.Connection) error) error {
	return c.pages(page, func(connection hub.Connection) bool {
		return connection.RoomID == roomID && (userID == "" || connection.UserID == userID)
	})
}

// Since calls page with each page of the room's connections that connected at a time or later.
func (c *Connections) Since(_ context.Context, roomID string, at time.Time, page func([]hub.Connection) error) error {
	return c.pages(page, func(connection hub.Connection) bool {
		return connection.RoomID == roomID && !connection.ConnectedAt.Before(at)
	})
}

func (c *Connections) pages(page func([]hub.Connection) error, matches func(hub.Connection) bool) error {
	found, err := c.find(matches)
	if err != nil {
		return err
	}
	size := c.PageSize
	if size == 0 {
		size = 100
	}
	for part := range slices.Chunk(found, size) {
		if err := page(part); err != nil {
			return err
		}
	}
	return nil
}

func (c *Connections) find(matches func(hub.Connection) bool) ([]hub.Connection, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []hub.Connection
	for _, room := range c.rows {
		for _, connection := range room {
			if matches(connection) {
				found = append(found, connection)
			}
		}
	}
	slices.SortFunc(found, func(a, b hub.Connection) int {
		return cmp.Or(a.ConnectedAt.Compare(b.ConnectedAt), strings.Compare(a.ID, b.ID))
	})
	return found, c.Fail
}

// Tokens is the Tokens table in memory.
type Tokens struct {
	Fail error

	mu   sync.Mutex
	rows map[[2]string]admission.Row
}

// Put stores the factor of a user in a room.
func (t *Tokens) Put(userID, roomID string, row admission.Row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows == nil {
		t.rows = map[[2]string]admission.Row{}
	}
	t.rows[[2]string{userID, roomID}] = row
}

// Delete deletes a factor, which revokes its tokens.
func (t *Tokens) Delete(userID, roomID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, [2]string{userID, roomID})
}

// Factor returns the stored factor.
func (t *Tokens) Factor(_ context.Context, userID, roomID string) (admission.Row, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, found := t.rows[[2]string{userID, roomID}]
	return row, found, t.Fail
}
