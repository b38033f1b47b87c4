package session

import (
	"context"
	"errors"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// ErrNoIdentity is returned for a connection whose context names no user or no room, as happens only with a misconfigured
// authorizer.
var ErrNoIdentity = errors.New("connection without identity")

// An Adder adds a connection to its room.
type Adder interface {
	Add(ctx context.Context, c hub.Connection) error
}

// A Remover removes a connection from its room.
type Remover interface {
	Remove(ctx context.Context, c hub.Connection) error
}

// A Joiner adds new connections to their rooms.
type Joiner struct {
	Connections Adder
}

// Join adds the caller's connection. Nothing can be posted to it yet: it exists once this invocation has returned.
func (j Joiner) Join(ctx context.Context, caller hub.Caller) error {
	if caller.UserID == "" || caller.RoomID == "" {
		return fmt.Errorf("session: join: %w", ErrNoIdentity)
	}
	if err := j.Connections.Add(ctx, connectionOf(caller)); err != nil {
		return fmt.Errorf("session: join room %q: %w", caller.RoomID, err)
	}
	return nil
}

func connectionOf(caller hub.Caller) hub.Connection {
	return hub.Connection{
		ID: caller.ConnectionID, RoomID: caller.RoomID, UserID: caller.UserID,
		Protocol: caller.Protocol, ConnectedAt: caller.ConnectedAt,
	}
}

// A Leaver removes closed connections from their rooms.
type Leaver struct {
	Connections Remover
}

// Leave removes the caller's connection. API Gateway calls $disconnect on a best-effort basis; a row for which it never
// does is removed by the first post that gets a 410, or by its TTL.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
func (l Leaver) Leave(ctx context.Context, caller hub.Caller) error {
	if caller.RoomID == "" {
		return fmt.Errorf("session: leave: %w", ErrNoIdentity)
	}
	if err := l.Connections.Remove(ctx, connectionOf(caller)); err != nil {
		return fmt.Errorf("session: leave room %q: %w", caller.RoomID, err)
	}
	return nil
}
