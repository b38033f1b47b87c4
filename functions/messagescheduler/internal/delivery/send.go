package delivery

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// ErrMalformed: a queued message is none of ours.
var ErrMalformed = errors.New("malformed")

// An ID names a delivery: an occurrence and a subscriber.
type ID struct {
	Group      string `json:"group"`
	Key        string `json:"key"`
	Due        int64  `json:"due"` // milliseconds since the epoch
	Subscriber string `json:"subscriber"`
}

// Occurrence is the partition of the deliveries of one occurrence.
func (d ID) Occurrence() string { return d.Group + "/" + d.Key + "/" + strconv.FormatInt(d.Due, 10) }

// Tag is the id as an SES message tag, which may hold letters, digits, - and _ only.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
func (d ID) Tag() string { return base64.RawURLEncoding.EncodeToString([]byte(d.Occurrence())) }

// ParseTag reads what Tag wrote.
func ParseTag(tag, subscriber string) (ID, error) {
	text, err := base64.RawURLEncoding.DecodeString(tag)
	if err != nil {
		return ID{}, fmt.Errorf("delivery: tag %q: %w", tag, ErrMalformed)
	}
	parts := strings.Split(string(text), "/")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || subscriber == "" {
		return ID{}, fmt.Errorf("delivery: tag %q: %w", tag, ErrMalformed)
	}
	due, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return ID{}, fmt.Errorf("delivery: tag %q: %w", tag, ErrMalformed)
	}
	return ID{Group: parts[0], Key: parts[1], Due: due, Subscriber: subscriber}, nil
}

// A Send is the body of the sends queue's messages.
type Send struct {
	ID
	Object  string `json:"object"`
	Email   string `json:"email"`
	Name    string `json:"name,omitempty"`
	Attempt int    `json:"attempt,omitempty"` // failed tries before
	Waits   int    `json:"waits,omitempty"`   // times it was throttled before; that is nobody's failure
	SentAs  string `json:"sent_as,omitempty"` // SES has taken it, only the record is missing
}

// Time is the due time.
func (s Send) Time() time.Time { return time.UnixMilli(s.Due).UTC() }

// Message makes the queue's message.
func (s Send) Message(delay time.Duration) queue.Message {
	body, _ := json.Marshal(s) //nolint:errchkjson // strings and numbers always marshal
	return queue.Message{Body: string(body), Group: queue.Group(s.Group), Delay: delay}
}

// ParseSend reads a message of the sends queue.
func ParseSend(body string) (Send, error) {
	var s Send
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return s, fmt.Errorf("delivery: send: %w: %w", ErrMalformed, err)
	}
	if s.Group == "" || s.Key == "" || s.Due <= 0 || s.Subscriber == "" || s.Object == "" || s.Email == "" {
		return s, fmt.Errorf("delivery: send: %w: group %q, key %q, due %d, subscriber %q", ErrMalformed, s.Group, s.Key, s.Due, s.Subscriber)
	}
	return s, nil
}
