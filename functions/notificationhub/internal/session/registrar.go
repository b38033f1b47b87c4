package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// ErrNoIdentity: the connection's context names no user or no room. Only a wrongly wired authorizer lets it come so far.
var ErrNoIdentity = errors.New("connection without identity")

// An Adder remembers a connection.
type Adder interface {
	Add(ctx context.Context, c hub.Connection) error
}

// A Remover forgets a connection.
type Remover interface {
	Remove(ctx context.Context, roomID, connectionID string) error
}

// A Joiner puts new connections into their room.
type Joiner struct {
	Connections Adder
	Now         func() time.Time
}

// Join remembers the caller's connection. Nothing can be posted to it yet: it exists once this invocation has returned.
func (j Joiner) Join(ctx context.Context, caller hub.Caller) error {
	if caller.UserID == "" || caller.RoomID == "" {
		return fmt.Errorf("session: join: %w", ErrNoIdentity)
	}
	c := hub.Connection{
		ID: caller.ConnectionID, RoomID: caller.RoomID, UserID: caller.UserID,
		Protocol: caller.Protocol, ConnectedAt: j.Now(),
	}
	if err := j.Connections.Add(ctx, c); err != nil {
		return fmt.Errorf("session: join room %q: %w", caller.RoomID, err)
	}
	return nil
}

// A Leaver takes closed connections out of their room.
type Leaver struct {
	Connections Remover
}

// Leave forgets the caller's connection. API Gateway tells of a closed connection at best; rows of which it never tells
// are removed by the first post that finds them gone, and by their time to live.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
func (l Leaver) Leave(ctx context.Context, caller hub.Caller) error {
	if caller.RoomID == "" {
		return fmt.Errorf("session: leave: %w", ErrNoIdentity)
	}
	if err := l.Connections.Remove(ctx, caller.RoomID, caller.ConnectionID); err != nil {
		return fmt.Errorf("session: leave room %q: %w", caller.RoomID, err)
	}
	return nil
}
