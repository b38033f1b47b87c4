package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Reasons for which a publication is refused permanently. Test with errors.Is.
var (
	ErrNotJSON      = errors.New("body is not one JSON object")
	ErrMissingField = errors.New("missing field")
	ErrInvalidField = errors.New("invalid field")
	ErrTooLarge     = errors.New("message is too large")
)

// A Publication is the body of an intake message: what a backend publishes to a room.
//
//	{"user_id":"system","room_id":"orders","data":{"type":"order","id":7}}
type Publication struct {
	ID       string          `json:"id,omitempty"`         // optional; names the message for receivers, who drop repeats
	UserID   string          `json:"user_id,omitempty"`    // the sender, shown to receivers
	RoomID   string          `json:"room_id"`              // required
	ToUserID string          `json:"to_user_id,omitempty"` // optional; narrows the room to one user's connections
	Data     json.RawMessage `json:"data"`                 // any JSON value; null when absent
}

// ParsePublication parses an intake message strictly: one JSON object, the right types, no name over MaxNameBytes, and
// small enough that its frame fits MaxFrameBytes. Unknown fields are ignored, so that publishers may be newer than the hub.
func ParsePublication(body []byte) (Publication, error) {
	var p Publication
	if !utf8.Valid(body) {
		return p, fmt.Errorf("%w: not valid UTF-8", ErrNotJSON)
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return p, fmt.Errorf("%w: it starts with %.20q", ErrNotJSON, trimmed)
	}
	if err := json.Unmarshal(body, &p); err != nil {
		var wrongType *json.UnmarshalTypeError
		if errors.As(err, &wrongType) {
			return p, fmt.Errorf("%w: %s must be a string, not a %s", ErrInvalidField, wrongType.Field, wrongType.Value)
		}
		return p, fmt.Errorf("%w: %w", ErrNotJSON, err)
	}
	return p, p.Validate()
}

// Validate reports whether the hub accepts p. Its error names the first field that is wrong.
func (p Publication) Validate() error {
	if p.RoomID == "" {
		return fmt.Errorf("%w: room_id", ErrMissingField)
	}
	for _, f := range []struct{ name, value string }{
		{"room_id", p.RoomID}, {"user_id", p.UserID}, {"to_user_id", p.ToUserID}, {"id", p.ID},
	} {
		if len(f.value) > MaxNameBytes {
			return fmt.Errorf("%w: %s has %d bytes, at most %d are allowed", ErrInvalidField, f.name, len(f.value), MaxNameBytes)
		}
		if !utf8.ValidString(f.value) {
			return fmt.Errorf("%w: %s %q is not valid UTF-8", ErrInvalidField, f.name, f.value)
		}
	}
	if len(p.Data) > 0 && !json.Valid(p.Data) {
		return fmt.Errorf("%w: data is not valid JSON", ErrInvalidField)
	}
	if n := p.frameBytes(); n > MaxFrameBytes {
		return fmt.Errorf("%w: its frame has %d bytes, at most %d are allowed", ErrTooLarge, n, MaxFrameBytes)
	}
	return nil
}

// frameBytes bounds the length of a frame that carries only p, whatever its id, seq and time. The longest such frame is the
// answer to history, which also has the room and the client's ref.
func (p Publication) frameBytes() int {
	const envelope = 1024 // braces, names, numbers, the ref escaped, and an id of our own where p has none
	return len(p.Data) + quoted(p.ID) + quoted(p.UserID) + 2*quoted(p.RoomID) + envelope
}

func quoted(s string) int {
	b, err := json.Marshal(s)
	if err != nil { // a string always marshals
		return len(s)
	}
	return len(b)
}
