package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// ErrMalformed is returned for a queued message that cannot be parsed.
var ErrMalformed = errors.New("malformed")

// A Due is the body of a message on the due queue: an occurrence that comes due.
type Due struct {
	Group   string `json:"group"`
	Key     string `json:"key"`
	Version int64  `json:"version"`
	Due     int64  `json:"due"`               // milliseconds since the epoch
	After   string `json:"after,omitempty"`   // goes on with the subscribers after this one
	Attempt int    `json:"attempt,omitempty"` // failed tries before
}

// DueOf returns the occurrence that m waits for.
func DueOf(m Message) Due {
	return Due{Group: m.Group, Key: m.Key, Version: m.Version, Due: m.Due.UnixMilli()}
}

// Time returns the due time.
func (d Due) Time() time.Time { return time.UnixMilli(d.Due).UTC() }

// Message returns the queue's message, delayed by the whole seconds of delay: the worker waits for the rest.
func (d Due) Message(delay time.Duration) queue.Message {
	body, _ := json.Marshal(d) //nolint:errchkjson // strings and numbers always marshal
	return queue.Message{Body: string(body), Group: queue.Group(d.Group), Delay: max(delay, 0).Truncate(time.Second)}
}

// ParseDue parses a message of the due queue.
func ParseDue(body string) (Due, error) {
	var d Due
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("schedule: due message: %w: %w", ErrMalformed, err)
	}
	if d.Group == "" || d.Key == "" || d.Due <= 0 || d.Version <= 0 {
		return d, fmt.Errorf("schedule: due message: %w: group %q, key %q, due %d, version %d", ErrMalformed, d.Group, d.Key, d.Due, d.Version)
	}
	return d, nil
}
