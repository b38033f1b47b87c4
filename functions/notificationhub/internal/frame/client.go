package frame

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A Client is a frame that a client sent. Each action reads the fields it knows.
type Client struct {
	Action string          `json:"action"`
	Ref    string          `json:"ref"`     // optional; the answer repeats it
	RoomID string          `json:"room_id"` // optional; the room of the token when absent
	ID     string          `json:"id"`      // sendMessage: optional, names the message across resends
	Data   json.RawMessage `json:"data"`    // sendMessage
	Epoch  string          `json:"epoch"`   // history
	After  int64           `json:"after"`   // history: the last seq that the client has

	// ToUserID is parsed to be refused: silently dropped, a message meant for one user would go to the whole room.
	ToUserID json.RawMessage `json:"to_user_id"`
}

// Parse parses a client's frame. Unknown fields are ignored, so that clients may be newer than the hub. On
// ErrInvalidField the fields that could be parsed are set, so that the error frame can repeat Ref.
func Parse(body []byte) (Client, error) {
	var c Client
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' || !utf8.Valid(body) {
		return c, ErrNotJSON
	}
	if err := json.Unmarshal(body, &c); err != nil {
		var wrongType *json.UnmarshalTypeError
		if !errors.As(err, &wrongType) {
			return Client{}, ErrNotJSON
		}
		return c.withBoundedRef(), fmt.Errorf("%w: %s must not be a %s", ErrInvalidField, wrongType.Field, wrongType.Value)
	}
	err := c.validate()
	return c.withBoundedRef(), err
}

func (c Client) validate() error {
	for _, f := range []struct {
		name, value string
		most        int
	}{
		{"ref", c.Ref, contract.MaxRefBytes},
		{"room_id", c.RoomID, contract.MaxNameBytes},
		{"id", c.ID, contract.MaxNameBytes},
		{"epoch", c.Epoch, contract.MaxNameBytes},
	} {
		if len(f.value) > f.most {
			return fmt.Errorf("%w: %s has %d bytes, at most %d are allowed", ErrInvalidField, f.name, len(f.value), f.most)
		}
	}
	if c.After < 0 {
		return fmt.Errorf("%w: after is %d, it must not be negative", ErrInvalidField, c.After)
	}
	return nil
}

// withBoundedRef drops a ref that is too long to be repeated in an answer.
func (c Client) withBoundedRef() Client {
	if len(c.Ref) > contract.MaxRefBytes {
		c.Ref = ""
	}
	return c
}
