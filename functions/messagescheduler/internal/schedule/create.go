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

// Create schedules a message: first the content, then the row that points to it, then, when it is due soon, the queue.
// Whatever a crash leaves behind is delivered rightly or not at all: content without a row is swept, and a row without
// its queued message is found by the dispatcher.
func (b *Book) Create(ctx context.Context, group string, r Request) (Message, error) {
	if err := CheckGroup(group); err != nil {
		return Message{}, err
	}
	m, content, err := b.draft(group, r)
	if err != nil {
		return m, err
	}
	if r.IdempotencyKey != nil {
		if again, found, err := b.again(ctx, m); found || err != nil {
			return again, err
		}
	}
	if err := b.Contents.Put(ctx, m, content); err != nil {
		return m, fmt.Errorf("schedule: create in group %q: %w", group, err)
	}
	err = b.Messages.Create(ctx, m)
	if errors.Is(err, ErrExists) && r.IdempotencyKey != nil { // the same request, at the same time
		if again, found, err := b.again(ctx, m); found || err != nil {
			return again, err
		}
	}
	if err != nil {
		return m, fmt.Errorf("schedule: create in group %q: %w", group, err)
	}
	b.enqueue(ctx, m)
	return m, nil
}

// draft makes a message of a request.
func (b *Book) draft(group string, r Request) (Message, Content, error) {
	for _, f := range []struct {
		name  string
		value *string
	}{{"subject", r.Subject}, {"body", r.Body}} {
		if f.value == nil {
			return Message{}, Content{}, NewFault(f.name, "", "is required")
		}
	}
	now := b.Now()
	timing, err := r.timing(now)
	if err != nil {
		return Message{}, Content{}, err
	}
	m := Message{
		Group: group, Key: b.newKey(), Subject: *r.Subject, Due: timing.due, Timezone: timing.timezone, Repeat: timing.repeat,
		Status: StatusScheduled, Version: 1, Revision: 1, Channels: []string{ChannelEmail, ChannelHub}, CreatedAt: now, UpdatedAt: now,
	}
	if r.IdempotencyKey != nil {
		m.Key, m.Fingerprint = keyOf(group, *r.IdempotencyKey), r.fingerprint()
	}
	if r.Channels != nil {
		m.Channels = r.Channels
	}
	m.Object = b.newObject(group, m.Key)
	m.place(now)
	content := Content{Format: FormatText}
	r.apply(&content)
	return m, content, checkFrame(m, content)
}

// again finds the message that an earlier request with the same idempotency key made. It may have died before it queued
// the message, so that is done again: a message queued twice is sent once.
func (b *Book) again(ctx context.Context, m Message) (Message, bool, error) {
	earlier, found, err := b.Messages.Get(ctx, m.Group, m.Key)
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
		b.enqueue(ctx, earlier)
	}
	return earlier, true, nil
}

// fingerprint tells requests apart.
func (r Request) fingerprint() string {
	text, _ := json.Marshal(r) //nolint:errchkjson // it came from JSON
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// checkFrame refuses data that would not fit one frame of the hub.
func checkFrame(m Message, c Content) error {
	if !m.Has(ChannelHub) || len(c.Data) == 0 {
		return nil
	}
	err := Publication(m, c).Validate()
	if errors.Is(err, hubcontract.ErrTooLarge) {
		return NewFault("data", string(c.Data), err.Error())
	}
	return err
}

// Publication is what the hub is asked to deliver into the room named as the group. Its id is the occurrence's, so that
// receivers drop a repeated one. Without data of its own, the message says what it is, with the text if that fits.
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
