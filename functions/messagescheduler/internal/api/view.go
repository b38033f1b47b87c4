package api

import (
	"encoding/json"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// A view is a message as the API returns it.
type view struct {
	Group      string           `json:"group"`
	Key        string           `json:"key"`
	Subject    string           `json:"subject"`
	Scheduled  int64            `json:"scheduled"` // milliseconds since the epoch
	At         string           `json:"at"`        // the same, RFC 3339
	Status     schedule.Status  `json:"status"`
	Channels   []string         `json:"channels"`
	Timezone   string           `json:"timezone,omitempty"`
	Repeat     *schedule.Repeat `json:"repeat,omitempty"`
	Occurrence int              `json:"occurrence"` // 1 for the first
	Previous   *int64           `json:"previous,omitempty"`
	CreatedAt  string           `json:"created_at"`
	UpdatedAt  string           `json:"updated_at"`
	ETag       string           `json:"etag"`

	Body   *string         `json:"body,omitempty"`
	Format string          `json:"format,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

func viewOf(m schedule.Message) view {
	v := view{
		Group: m.Group, Key: m.Key, Subject: m.Subject, Scheduled: m.Due.UnixMilli(), At: stamp(m.Due), Status: m.Status, Channels: m.Channels,
		Timezone: m.Timezone, Repeat: m.Repeat, Occurrence: m.Occurrence + 1, CreatedAt: stamp(m.CreatedAt), UpdatedAt: stamp(m.UpdatedAt),
		ETag: m.ETag(),
	}
	if !m.Previous.IsZero() {
		previous := m.Previous.UnixMilli()
		v.Previous = &previous
	}
	return v
}

type resultView struct {
	Subscriber string `json:"subscriber"`
	Scheduled  int64  `json:"scheduled"`
	Status     string `json:"status"`
	Reason     string `json:"reason,omitempty"`
	MessageID  string `json:"message_id,omitempty"`
	Attempts   int    `json:"attempts"`
	At         string `json:"at"`
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// optional returns nil for an empty text, which JSON writes as null.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
