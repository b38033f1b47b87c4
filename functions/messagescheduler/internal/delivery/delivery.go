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

// ErrMalformed is returned for a queued message that cannot be parsed.
var ErrMalformed = errors.New("malformed")

// An ID identifies a delivery: an occurrence and a subscriber.
type ID struct {
	Group      string `json:"group"`
	Key        string `json:"key"`
	Due        int64  `json:"due"` // milliseconds since the epoch
	Subscriber string `json:"subscriber"`
}

// Occurrence returns the partition key of the deliveries of one occurrence.
func (d ID) Occurrence() string { return d.Group + "/" + d.Key + "/" + strconv.FormatInt(d.Due, 10) }

// Tag returns the id as an SES message tag, which allows only letters, digits, - and _.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
func (d ID) Tag() string { return base64.RawURLEncoding.EncodeToString([]byte(d.Occurrence())) }

// ParseTag parses what Tag returns.
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

// A Delivery is the body of a message on the delivery queue.
type Delivery struct {
	ID
	Object  string `json:"object"`
	Email   string `json:"email"`
	Name    string `json:"name,omitempty"`
	Attempt int    `json:"attempt,omitempty"` // failed tries before
	Waits   int    `json:"waits,omitempty"`   // times it waited for SES's rate or for the account, which is not a failure
	SentAs  string `json:"sent_as,omitempty"` // the id that SES gave it; only the record is missing
}

// Time returns the due time.
func (d Delivery) Time() time.Time { return time.UnixMilli(d.Due).UTC() }

// Message returns the queue's message.
func (d Delivery) Message(delay time.Duration) queue.Message {
	body, _ := json.Marshal(d) //nolint:errchkjson // strings and numbers always marshal
	return queue.Message{Body: string(body), Group: queue.Group(d.Group), Delay: delay}
}

// Parse parses a message of the delivery queue.
func Parse(body string) (Delivery, error) {
	var d Delivery
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("delivery: message: %w: %w", ErrMalformed, err)
	}
	if d.Group == "" || d.Key == "" || d.Due <= 0 || d.Subscriber == "" || d.Object == "" || d.Email == "" {
		return d, fmt.Errorf("delivery: message: %w: group %q, key %q, due %d, subscriber %q", ErrMalformed, d.Group, d.Key, d.Due, d.Subscriber)
	}
	return d, nil
}
