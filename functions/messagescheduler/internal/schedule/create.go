package schedule

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	hubcontract "github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Create schedules a message: it writes the content, then the row that refers to it, then, if it is due soon, queues
// it. A crash in between delivers the message correctly or not at all: content without a row is swept, and a row that
// was not queued is found by the dispatcher.
func (s *Service) Create(ctx context.Context, group string, r Request) (Message, error) {
	if err := CheckGroup(group); err != nil {
		return Message{}, err
	}
	m, content, err := s.draft(group, r)
	if err != nil {
		return m, err
	}
	if r.IdempotencyKey != nil {
		if again, found, err := s.again(ctx, m); found || err != nil {
			return again, err
		}
	}
	if err := s.Contents.Put(ctx, m, content); err != nil {
		return m, fmt.Errorf("schedule: create in group %q: %w", group, err)
	}
	err = s.Messages.Create(ctx, m)
	if errors.Is(err, ErrExists) { // this call, whose first answer was lost, or the same request at the same time
		if again, found, err := s.again(ctx, m); found || err != nil {
			return again, err
		}
	}
	if err != nil {
		return m, fmt.Errorf("schedule: create in group %q: %w", group, err)
	}
	s.enqueue(ctx, m)
	return m, nil
}

// draft returns the message of a request.
func (s *Service) draft(group string, r Request) (Message, Content, error) {
	for _, f := range []struct {
		name  string
		value *string
	}{{"subject", r.Subject}, {"body", r.Body}} {
		if f.value == nil {
			return Message{}, Content{}, Invalid(f.name, "", "is required")
		}
	}
	now := s.Now()
	timing, err := r.timing(now)
	if err != nil {
		return Message{}, Content{}, err
	}
	m := Message{
		Group: group, Key: s.newKey(), Subject: *r.Subject, Due: timing.due, Timezone: timing.timezone, Repeat: timing.repeat,
		Status: StatusScheduled, Version: 1, Revision: 1, Channels: []string{ChannelEmail, ChannelHub}, CreatedAt: now, UpdatedAt: now,
	}
	if r.IdempotencyKey != nil {
		m.Key, m.Fingerprint = keyOf(group, *r.IdempotencyKey), r.fingerprint()
	}
	if r.Channels != nil {
		m.Channels = r.Channels
	}
	if err := s.checkChannels(m.Channels); err != nil {
		return Message{}, Content{}, err
	}
	m.Object = s.newObject(group, m.Key)
	m.setDispatchAt(now)
	content := Content{Format: FormatText}
	r.apply(&content)
	return m, content, checkFrame(m, content)
}

// again finds the message that an earlier request with the same idempotency key created. That request may have died
// before it queued the message, so again queues it: a message queued twice is sent once.
func (s *Service) again(ctx context.Context, m Message) (Message, bool, error) {
	earlier, found, err := s.Messages.Get(ctx, m.Group, m.Key)
	if err != nil {
		return earlier, false, fmt.Errorf("schedule: create in group %q: %w", m.Group, err)
	}
	if !found {
		return earlier, false, nil
	}
	if earlier.Fingerprint != m.Fingerprint {
		return earlier, true, fmt.Errorf("schedule: create in group %q: %w", m.Group, ErrKeyReused)
	}
	if earlier.Status == StatusScheduled {
		s.enqueue(ctx, earlier)
	}
	return earlier, true, nil
}

// fingerprint identifies a request's content.
func (r Request) fingerprint() string {
	text, _ := json.Marshal(r) //nolint:errchkjson // it came from JSON
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// checkFrame refuses data that does not fit one frame of the hub.
func checkFrame(m Message, c Content) error {
	if !m.Has(ChannelHub) || len(c.Data) == 0 {
		return nil
	}
	err := Publication(m, c).Validate()
	if errors.Is(err, hubcontract.ErrTooLarge) {
		return Invalid("data", string(c.Data), err.Error())
	}
	return err
}

// Publication returns the message for the hub's room of the group's name. Its id is the occurrence's, so that receivers
// drop a repeat. Without data of its own, it describes the message, with the body if that fits.
func Publication(m Message, c Content) hubcontract.Publication {
	p := hubcontract.Publication{ID: m.Group + "/" + m.Key + "/" + fmt.Sprint(m.Due.UnixMilli()), UserID: "scheduler", RoomID: m.Group, Data: c.Data}
	if len(c.Data) > 0 {
		return p
	}
	described := map[string]any{"type": "scheduled", "key": m.Key, "subject": c.Subject, "scheduled": m.Due.UnixMilli(), "body": c.Body}
	if p.Data = encoded(described); p.Validate() != nil {
		delete(described, "body")
		described["truncated"] = true
		p.Data = encoded(described)
	}
	return p
}

func encoded(v any) json.RawMessage {
	text, err := plainjson.Marshal(v)
	if err != nil { // strings and numbers always marshal
		return nil
	}
	return text
}
