package schedule

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/calendar"
)

// A Status is the state of a message.
type Status string

// Statuses of a message.
const (
	StatusScheduled Status = "scheduled"
	StatusSending   Status = "sending"
	StatusSent      Status = "sent"
	StatusCancelled Status = "cancelled"
)

// Statuses returns all statuses.
func Statuses() []Status {
	return []Status{StatusScheduled, StatusSending, StatusSent, StatusCancelled}
}

// Channels of delivery.
const (
	ChannelEmail = "email"
	ChannelHub   = "hub"
)

// Formats of a body.
const (
	FormatText = "text"
	FormatHTML = "html"
)

// A Message is the stored row of a scheduled message; its content is stored apart.
type Message struct {
	Group, Key  string
	Subject     string
	Due         time.Time // of the next occurrence, or the last; whole milliseconds
	Status      Status
	Version     int64 // of content and time
	Revision    int64 // of anything
	Object      string
	Channels    []string
	Timezone    string
	Repeat      *Repeat
	Occurrence  int       // how many came before this one
	Previous    time.Time // due time of the occurrence before; zero if there was none
	Cancelled   bool      // while an occurrence was being sent: none follows
	Fingerprint string    // of the request, with an idempotency key only
	DispatchAt  time.Time // the time under which the dispatcher finds it; zero when it does not wait
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ExpiresAt   time.Time // when a finished one is forgotten; zero before
}

// ETag changes whenever the message does.
func (m Message) ETag() string { return `"` + strconv.FormatInt(m.Revision, 10) + `"` }

// Has reports whether the message is sent on a channel.
func (m Message) Has(channel string) bool { return slices.Contains(m.Channels, channel) }

// setDispatchAt sets the time under which the dispatcher finds a waiting message: its due time, or now if that is past,
// because the dispatcher does not read earlier buckets again.
func (m *Message) setDispatchAt(now time.Time) {
	m.DispatchAt = m.Due
	if m.Due.Before(now) {
		m.DispatchAt = now
	}
}

// Content is the content of a message.
type Content struct {
	Subject string          `json:"subject"`
	Body    string          `json:"body"`
	Format  string          `json:"format"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// A Repeat is the rule by which a message repeats. One of Cron and RRule is set.
type Repeat struct {
	Cron     string     `json:"cron,omitempty"`
	RRule    string     `json:"rrule,omitempty"`
	Timezone string     `json:"timezone"`
	Until    *time.Time `json:"until,omitempty"`
	Count    int        `json:"count,omitempty"` // of all occurrences; 0: no bound
	Start    time.Time  `json:"start"`           // what intervals of RRule count from
}

// rule parses the rule, which was validated before it was stored.
func (r *Repeat) rule() (calendar.Rule, error) {
	loc, err := calendar.Zone(r.Timezone)
	if err != nil {
		return nil, err
	}
	if r.Cron != "" {
		return calendar.ParseCron(r.Cron, loc)
	}
	rule, _, err := calendar.ParseRecurrence(r.RRule, r.Start, loc)
	return rule, err
}

// Next returns the occurrence after t; ok is false if done occurrences are all or the rule has no more.
func (r *Repeat) Next(t time.Time, done int) (next time.Time, ok bool, err error) {
	if r.Count > 0 && done >= r.Count {
		return time.Time{}, false, nil
	}
	rule, err := r.rule()
	if err != nil {
		return time.Time{}, false, err
	}
	next, ok = rule.Next(t)
	if !ok || (r.Until != nil && next.After(*r.Until)) {
		return time.Time{}, false, nil
	}
	return next.UTC(), true, nil
}

// After returns the message after its current occurrence has been expanded: waiting for the next one, or finished. A
// repeat whose rule cannot be parsed any more ends.
func (m Message) After(now time.Time, retention time.Duration) Message {
	m.Revision++
	m.UpdatedAt = now
	if m.Repeat != nil && !m.Cancelled {
		if next, ok, err := m.Repeat.Next(m.Due, m.Occurrence+1); ok && err == nil {
			m.Previous, m.Due, m.Status = m.Due, next.Truncate(time.Millisecond), StatusScheduled
			m.Occurrence++
			m.Version++
			m.setDispatchAt(now)
			return m
		}
	}
	m.Status, m.DispatchAt, m.ExpiresAt = StatusSent, time.Time{}, now.Add(retention)
	if m.Cancelled {
		m.Status = StatusCancelled
	}
	return m
}
