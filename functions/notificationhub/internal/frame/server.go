package frame

import (
	"maps"
	"slices"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Welcome is the answer to hello: the identity of the connection, and the position of each of its rooms.
type Welcome struct {
	Ref          string
	ConnectionID string
	UserID       string
	ExpiresAt    int64 // the token's exp, seconds since the epoch
	Positions    map[string]hub.Position
}

// Encode returns {"type":"welcome","connection_id","user_id","rooms","expires_at","positions"}.
func (w Welcome) Encode() ([]byte, error) {
	rooms := slices.Sorted(maps.Keys(w.Positions))
	return plainjson.Marshal(struct {
		Type         string                  `json:"type"`
		Ref          string                  `json:"ref,omitempty"`
		ConnectionID string                  `json:"connection_id"`
		UserID       string                  `json:"user_id"`
		Rooms        []string                `json:"rooms"`
		ExpiresAt    int64                   `json:"expires_at"`
		Positions    map[string]hub.Position `json:"positions"`
	}{"welcome", w.Ref, w.ConnectionID, w.UserID, rooms, w.ExpiresAt, w.Positions})
}

// A reply is a frame without a body of its own.
type reply struct {
	Type    string `json:"type"`
	Ref     string `json:"ref,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// OK returns {"type":"ok","ref"}: the hub has accepted the frame with that ref.
func OK(ref string) []byte { return reply{Type: "ok", Ref: ref}.encode() }

// Pong returns {"type":"pong","ref","positions"}, the answer to ping.
func Pong(ref string, positions map[string]hub.Position) ([]byte, error) {
	return plainjson.Marshal(struct {
		Type      string                  `json:"type"`
		Ref       string                  `json:"ref,omitempty"`
		Positions map[string]hub.Position `json:"positions"`
	}{"pong", ref, positions})
}

// Error returns {"type":"error","ref","code","message"}. The message is for developers.
func Error(ref, code, message string) []byte {
	return reply{Type: "error", Ref: ref, Code: code, Message: message}.encode()
}

func (r reply) encode() []byte {
	b, err := plainjson.Marshal(r)
	if err != nil { // four strings always encode
		return []byte(`{"type":"error","code":"` + CodeUnavailable + `"}`)
	}
	return b
}
