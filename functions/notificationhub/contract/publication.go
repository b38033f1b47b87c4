package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
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

	// Notice asks hermes.v1 clients to do something, instead of a message: NoticeReconnect. It has no data, and is neither
	// numbered nor stored.
	Notice string `json:"notice,omitempty"`
	Within int    `json:"within,omitempty"` // seconds for the notice, 1 to MaxWithin; 0 is DefaultWithin
}

// NoticeReconnect asks clients to open their next connection at a random moment of the seconds given, and to leave the old
// one after that: before an operator replaces what connections depend on.
const NoticeReconnect = "reconnect"

// Bounds of Publication.Within, in seconds.
const (
	DefaultWithin = 60
	MaxWithin     = 3600
)

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
			return p, fmt.Errorf("%w: %s must be a %s, not a %s", ErrInvalidField, wrongType.Field, kindOf(wrongType.Type), wrongType.Value)
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
	if err := p.validateNotice(); err != nil {
		return err
	}
	if n := p.frameBytes(); n > MaxFrameBytes {
		return fmt.Errorf("%w: its frame has %d bytes, at most %d are allowed", ErrTooLarge, n, MaxFrameBytes)
	}
	return nil
}

func (p Publication) validateNotice() error {
	switch {
	case p.Notice == "" && p.Within != 0:
		return fmt.Errorf("%w: within is %d without a notice", ErrInvalidField, p.Within)
	case p.Notice == "":
		return nil
	case p.Notice != NoticeReconnect:
		return fmt.Errorf("%w: notice is %.64q, it must be %q", ErrInvalidField, p.Notice, NoticeReconnect)
	case p.Within < 0 || p.Within > MaxWithin:
		return fmt.Errorf("%w: within is %d, it must be 1 to %d seconds", ErrInvalidField, p.Within, MaxWithin)
	case len(p.Data) > 0 && string(p.Data) != "null":
		return fmt.Errorf("%w: a notice has no data", ErrInvalidField)
	}
	return nil
}

func kindOf(t reflect.Type) string {
	if t.Kind() == reflect.Int {
		return "whole number"
	}
	return "string"
}

// frameBytes bounds the length of a frame that carries only p, whatever its id, seq and time. The longest such frame is the
// answer to history, which also has the room and the client's ref.
func (p Publication) frameBytes() int {
	const envelope = 1024 // braces, names, numbers, the ref escaped, and an id of our own where p has none
	return len(p.Data) + escapes(string(p.Data)) + quoted(p.ID) + quoted(p.UserID) + 2*quoted(p.RoomID) + envelope
}

// escapes is by how much the queue lengthens s: SQS refuses two characters that JSON leaves as they are, and they travel
// with six bytes instead of three.
func escapes(s string) int {
	return 3 * (strings.Count(s, "\uFFFE") + strings.Count(s, "\uFFFF"))
}

func quoted(s string) int {
	b, err := json.Marshal(s)
	if err != nil { // a string always marshals
		return len(s)
	}
	return len(b)
}
