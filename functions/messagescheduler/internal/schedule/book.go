package schedule

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// A Book is where messages are scheduled, looked up, changed and cancelled.
type Book struct {
	Messages  Messages
	Contents  Contents
	Due       Queue
	Directory Directory
	Results   Results
	Prefix    string // of object keys
	Retention time.Duration
	Now       func() time.Time
	Log       *slog.Logger
}

// tries bounds how often a write without precondition is tried anew because somebody else wrote.
const tries = 5

// newKey is a ULID: keys sort by the time of the request.
func (b *Book) newKey() string {
	return ulid.MustNew(ulid.Timestamp(b.Now()), rand.Reader).String()
}

// newObject names an object for one version of a message's content. The random part keeps two writers that do not know of
// each other from writing the same object, of which only one becomes the message's; the other is swept.
func (b *Book) newObject(group, key string) string {
	var random [8]byte
	rand.Read(random[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return b.Prefix + group + "/" + key + "/" + hex.EncodeToString(random[:]) + ".json"
}

// enqueue hands m to the due queue if the dispatcher may no longer look at its time. A failure delays the message by
// minutes, until the dispatcher finds what was left over; it does not undo the write, so it is no failure of the call.
func (b *Book) enqueue(ctx context.Context, m Message) {
	wait := m.Due.Sub(b.Now())
	if wait > contract.Direct {
		return
	}
	if err := errors.Join(b.Due.Send(ctx, []queue.Message{DueOf(m).Message(wait)})...); err != nil {
		b.Log.WarnContext(ctx, "message not queued, the dispatcher will find it late", "group", m.Group, "key", m.Key, "error", err)
	}
}

// Get reads a message and what it says.
func (b *Book) Get(ctx context.Context, group, key string) (Message, Content, error) {
	m, err := b.find(ctx, group, key)
	if err != nil {
		return m, Content{}, err
	}
	content, err := b.Contents.Get(ctx, m.Object)
	if finished := open(m) != nil; finished && (errors.Is(err, ErrNoContent) || errors.Is(err, ErrDenied)) { // its content may go first
		return m, Content{Subject: m.Subject}, nil
	}
	if err != nil {
		return m, content, fmt.Errorf("schedule: get %q of group %q: %w", key, group, err)
	}
	return m, content, nil
}

func (b *Book) find(ctx context.Context, group, key string) (Message, error) {
	if err := CheckGroup(group); err != nil {
		return Message{}, err
	}
	if !IsKey(key) {
		return Message{}, fmt.Errorf("schedule: %w: %q", ErrNotFound, key)
	}
	m, found, err := b.Messages.Get(ctx, group, key)
	if err != nil {
		return m, fmt.Errorf("schedule: get %q of group %q: %w", key, group, err)
	}
	if !found {
		return m, fmt.Errorf("schedule: %w: %q", ErrNotFound, key)
	}
	return m, nil
}

// List reads a page of messages. A group exists as long as it has a message or a subscriber.
func (b *Book) List(ctx context.Context, f Filter) (Page, error) {
	if err := CheckGroup(f.Group); err != nil {
		return Page{}, err
	}
	page, err := b.Messages.List(ctx, f)
	if err != nil {
		return page, fmt.Errorf("schedule: list group %q: %w", f.Group, err)
	}
	if len(page.Messages) > 0 || page.Next != "" || f.After != "" {
		return page, nil
	}
	return page, b.exists(ctx, f.Group)
}

func (b *Book) exists(ctx context.Context, group string) error {
	any, err := b.Messages.List(ctx, Filter{Group: group, To: b.Now().Add(2 * contract.MaxAhead), Limit: 1})
	if err != nil {
		return fmt.Errorf("schedule: list group %q: %w", group, err)
	}
	if len(any.Messages) > 0 || any.Next != "" {
		return nil
	}
	found, err := b.Directory.HasAny(ctx, group)
	if err != nil {
		return fmt.Errorf("schedule: group %q: %w", group, err)
	}
	if !found {
		return fmt.Errorf("schedule: %w: %q", ErrUnknownGroup, group)
	}
	return nil
}

// ResultsOf reads what became of an occurrence, by default the latest that has begun.
func (b *Book) ResultsOf(ctx context.Context, group, key string, due time.Time, after string, limit int) (results []Result, next string, err error) {
	m, err := b.find(ctx, group, key)
	if err != nil {
		return nil, "", err
	}
	if due.IsZero() {
		due = m.lastBegun()
	}
	if results, next, err = b.Results.Results(ctx, group, key, due, after, limit); err != nil {
		return nil, "", fmt.Errorf("schedule: results of %q of group %q: %w", key, group, err)
	}
	return results, next, nil
}
