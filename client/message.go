package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A Message is what a backend publishes into a room.
type Message struct {
	// ID names the message for receivers, which drop one they have seen: a message sent again under its ID counts
	// once. At most 256 bytes. Default: a new ULID.
	ID string
	// UserID is the sender that receivers are shown. At most 256 bytes; may be empty.
	UserID string
	// RoomID is required. At most 256 bytes.
	RoomID string
	// ToUserID narrows the room to the connections of one user. Default: the whole room.
	ToUserID string
	// Data is what encoding/json makes of it, computed once; a json.RawMessage goes as it is. Default: null. With the
	// names it must fit one frame of 32 KB (contract.MaxFrameBytes).
	Data any
}

// xmlNoncharacters spells as JSON escapes the two characters that encoding/json lets through and SQS does not take:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
var xmlNoncharacters = strings.NewReplacer("\uFFFE", `\ufffe`, "\uFFFF", `\uffff`)

// body makes the body of the SQS message. What it returns without an error, the hub accepts: it is checked by the
// hub's own parser.
func (m Message) body() (string, error) {
	data, err := marshal(m.Data)
	if err != nil {
		return "", m.dataError(fmt.Errorf("%w: %w", ErrInvalidField, err))
	}
	p := contract.Publication{ID: m.ID, UserID: m.UserID, RoomID: m.RoomID, ToUserID: m.ToUserID, Data: data}
	// Before marshalling, which would replace invalid UTF-8 in silence.
	if err := p.Validate(); err != nil {
		return "", m.blame(err)
	}
	raw, err := marshal(p)
	if err != nil {
		return "", m.dataError(fmt.Errorf("%w: %w", ErrInvalidField, err))
	}
	body := xmlNoncharacters.Replace(string(raw))
	if _, err := contract.ParsePublication([]byte(body)); err != nil {
		return "", m.blame(err)
	}
	return body, nil
}

// blame finds the field that the hub's check complains about, in the order of that check.
func (m Message) blame(err error) error {
	if errors.Is(err, ErrMissingField) {
		return fieldError("room_id", m.RoomID, ErrMissingField)
	}
	for _, f := range []struct{ name, value string }{
		{"room_id", m.RoomID}, {"user_id", m.UserID}, {"to_user_id", m.ToUserID}, {"id", m.ID},
	} {
		if len(f.value) > contract.MaxNameBytes || !utf8.ValidString(f.value) {
			return fieldError(f.name, f.value, err)
		}
	}
	return m.dataError(err)
}

func (m Message) dataError(err error) error {
	return fieldError("data", fmt.Sprintf("%T", m.Data), err)
}

// marshal is json.Marshal without the escaping of <, > and &: it makes six bytes of one, and no browser reads a frame as HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
