package fanout

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Chunk is the body of a message on the fan-out queue:
//
//	{"room_id","epoch","after","seq","messages":[{"id","room_id","seq","user_id","time","data"}],
//	 "connections":[{"id","protocol","connected_at","after"}],"attempt":1}
type Chunk struct {
	hub.Delivery
	Connections []Connection `json:"connections"`
	Attempt     int          `json:"attempt"` // from 1; 0 is read as 1
}

// A Connection is a connection as a chunk names it.
type Connection struct {
	ID          string `json:"id"`
	Protocol    string `json:"protocol,omitempty"`
	ConnectedAt int64  `json:"connected_at"` // milliseconds since the epoch
	After       int64  `json:"after,omitempty"`
}

// ErrInvalidChunk is the reason for which a chunk is refused permanently.
var ErrInvalidChunk = errors.New("invalid chunk")

// Parse parses a chunk and refuses one that cannot be delivered.
func Parse(body []byte) (Chunk, error) {
	var c Chunk
	if err := json.Unmarshal(body, &c); err != nil {
		return Chunk{}, fmt.Errorf("fanout: %w: %w", ErrInvalidChunk, err)
	}
	if c.RoomID == "" {
		return Chunk{}, fmt.Errorf("fanout: %w: room_id is missing", ErrInvalidChunk)
	}
	if (len(c.Messages) == 0 && c.Notice == nil) || len(c.Connections) == 0 {
		return Chunk{}, fmt.Errorf("fanout: %w: %d messages to %d connections", ErrInvalidChunk, len(c.Messages), len(c.Connections))
	}
	for i, m := range c.Messages {
		if len(m.Data) == 0 {
			c.Messages[i].Data = json.RawMessage("null")
		}
	}
	for i, connection := range c.Connections {
		if connection.ID == "" {
			return Chunk{}, fmt.Errorf("fanout: %w: connection %d has no id", ErrInvalidChunk, i)
		}
	}
	c.Attempt = max(1, c.Attempt)
	return c, nil
}

// HubConnections returns the chunk's connections as the rest of the domain names them.
func (c Chunk) HubConnections() []hub.Connection {
	connections := make([]hub.Connection, len(c.Connections))
	for i, from := range c.Connections {
		connections[i] = hub.Connection{
			ID: from.ID, RoomID: c.RoomID, Protocol: from.Protocol, ConnectedAt: time.UnixMilli(from.ConnectedAt), After: from.After,
		}
	}
	return connections
}

// queueMessage returns the chunk as a queue's message.
func (c Chunk) queueMessage(delay time.Duration) (queue.Message, error) {
	body, err := plainjson.Marshal(c)
	if err != nil {
		return queue.Message{}, fmt.Errorf("fanout: chunk of room %q: %w", c.RoomID, err)
	}
	return queue.Message{Body: string(body), Group: queue.Group(c.RoomID), Delay: delay}, nil
}
