package hub

import "time"

// A Connection is one open WebSocket, as stored in the Connections table.
type Connection struct {
	ID          string
	RoomID      string
	UserID      string
	Protocol    string    // contract.Subprotocol, or "" for a classic client
	ConnectedAt time.Time // whole milliseconds, of API Gateway's clock

	// After is the last number that the connection was sent in a delivery of its own, if that is after the After of the
	// delivery at hand.
	After int64
}

// A Caller is the sender of a frame: the connection, and the identity that the authorizer attached to it. Nothing in it
// comes from the frame.
type Caller struct {
	ConnectionID string
	UserID       string
	RoomID       string
	Protocol     string
	ExpiresAt    int64 // the token's exp, seconds since the epoch; 0 when the authorizer gave none
	ConnectedAt  time.Time
}
