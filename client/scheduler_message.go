package client

import (
	"encoding/json"
	"time"
)

// A ScheduleRequest is a message to schedule. Subject and Body are required, and one of ScheduleOn, At and Repeat.
type ScheduleRequest struct {
	Subject string `json:"subject"` // one line, at most 998 characters
	Body    string `json:"body"`    // at most 5 MiB; "{{unsubscribe_url}}" becomes the recipient's link
	Format  string `json:"format,omitempty"`

	ScheduleOn time.Time `json:"-"`                  // an instant, in whole milliseconds
	At         string    `json:"at,omitempty"`       // RFC 3339, or a local time of Timezone: "2026-07-01T09:00"
	Timezone   string    `json:"timezone,omitempty"` // of the IANA database
	Repeat     *Repeat   `json:"repeat,omitempty"`

	// IdempotencyKey lets a repeated request schedule only one message. Default: a random one for each call of
	// Schedule, which covers its retries.
	IdempotencyKey string   `json:"idempotency_key,omitempty"`
	Channels       []string `json:"channels,omitempty"` // "email", "hub". Default: both
	Data           any      `json:"data,omitempty"`     // what the hub delivers. Default: key, subject, time and text
}

// MarshalJSON writes ScheduleOn in milliseconds.
func (r ScheduleRequest) MarshalJSON() ([]byte, error) {
	type plain ScheduleRequest
	return json.Marshal(struct {
		plain
		ScheduleOn *int64 `json:"schedule_on,omitempty"`
	}{plain(r), milliseconds(r.ScheduleOn)})
}

func milliseconds(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

// A Repeat is the rule by which a message repeats. One of Cron and RRule is set.
type Repeat struct {
	Cron     string `json:"cron,omitempty"`     // minute, hour, day of month, month, day of week
	RRule    string `json:"rrule,omitempty"`    // RFC 5545: "FREQ=WEEKLY;BYDAY=MO"
	Timezone string `json:"timezone,omitempty"` // Default: the message's, or UTC
	Until    string `json:"until,omitempty"`    // as ScheduleRequest.At
	Count    int    `json:"count,omitempty"`    // of all occurrences; 0 is no bound
}

// A ChangeRequest changes a message. Fields that are nil or zero stay unchanged. A new time of a repeating message
// requires its repeat too.
type ChangeRequest struct {
	Subject    *string   `json:"subject,omitempty"`
	Body       *string   `json:"body,omitempty"`
	Format     *string   `json:"format,omitempty"`
	ScheduleOn time.Time `json:"-"`
	At         string    `json:"at,omitempty"`
	Timezone   string    `json:"timezone,omitempty"`
	Repeat     *Repeat   `json:"repeat,omitempty"`
	EndRepeat  bool      `json:"-"` // no occurrence after the next
	Channels   []string  `json:"channels,omitempty"`
	Data       any       `json:"data,omitempty"`
}

// MarshalJSON writes ScheduleOn in milliseconds, and null for a repeat that ends.
func (r ChangeRequest) MarshalJSON() ([]byte, error) {
	type plain ChangeRequest
	if r.EndRepeat {
		return json.Marshal(struct {
			plain
			ScheduleOn *int64    `json:"schedule_on,omitempty"`
			Repeat     *struct{} `json:"repeat"`
		}{plain(r), milliseconds(r.ScheduleOn), nil})
	}
	return json.Marshal(struct {
		plain
		ScheduleOn *int64 `json:"schedule_on,omitempty"`
	}{plain(r), milliseconds(r.ScheduleOn)})
}

// A Scheduled is the answer to Schedule, Change and Cancel.
type Scheduled struct {
	Group, Subject, Key string
	Scheduled           time.Time
	ETag                string // for the next Change or Cancel; "" after Cancel of one that is not known any more
	Text                string // what the API says: whether an occurrence is being sent while others are cancelled
}

// A ScheduledMessage is a message as the API returns it. Only Get fills Body, Format and Data.
type ScheduledMessage struct {
	Group      string          `json:"group"`
	Key        string          `json:"key"`
	Subject    string          `json:"subject"`
	Scheduled  int64           `json:"scheduled"` // of the next occurrence, or the last; milliseconds since the epoch
	At         time.Time       `json:"at"`        // the same
	Status     string          `json:"status"`    // scheduled, sending, sent, cancelled
	Channels   []string        `json:"channels"`
	Timezone   string          `json:"timezone"`
	Repeat     json.RawMessage `json:"repeat"`
	Occurrence int             `json:"occurrence"` // 1 for the first
	Previous   int64           `json:"previous"`   // milliseconds since the epoch; 0 if there was none
	CreatedAt  time.Time       `json:"created_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	ETag       string          `json:"etag"`
	Body       string          `json:"body"`
	Format     string          `json:"format"`
	Data       json.RawMessage `json:"data"`
}

// A ListRequest narrows a list. All fields are optional.
type ListRequest struct {
	Status   string
	From, To time.Time // To is not included
	Limit    int       // of a page, at most 200. Default: 50
	Next     string    // of the page before
}

// A MessagePage is a part of a list.
type MessagePage struct {
	Messages []ScheduledMessage `json:"messages"`
	Next     string             `json:"next"` // "" at the end
}

// A DeliveryResult is the result of an occurrence for one subscriber.
type DeliveryResult struct {
	Subscriber string    `json:"subscriber"`
	Scheduled  int64     `json:"scheduled"`
	Status     string    `json:"status"` // sending, retrying, sent, failed, suppressed
	Reason     string    `json:"reason"`
	MessageID  string    `json:"message_id"`
	Attempts   int       `json:"attempts"`
	At         time.Time `json:"at"`
}

// A ResultPage is a part of the results.
type ResultPage struct {
	Results []DeliveryResult `json:"results"`
	Next    string           `json:"next"`
}

// A Subscriber receives a group's messages.
type Subscriber struct {
	ID        string    `json:"subscriber"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Timezone  string    `json:"timezone"`
	Status    string    `json:"status"` // active, pending, unsubscribed, bounced, complained
	CreatedAt time.Time `json:"created_at"`
}

// A SubscriberPage is a part of the subscribers.
type SubscriberPage struct {
	Subscribers []Subscriber `json:"subscribers"`
	Next        string       `json:"next"`
}
