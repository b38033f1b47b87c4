package schedule

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// A Service schedules, returns, changes and cancels messages.
type Service struct {
	Messages  Messages
	Contents  Contents
	Due       queue.Sender
	Directory Directory
	Results   Results
	Prefix    string   // of object keys
	Channels  []string // that the scheduler serves; a message for none of them is refused
	Retention time.Duration
	Now       func() time.Time
	Log       *slog.Logger
}

// tries bounds the retries of a write without a precondition when somebody else wrote.
const tries = 5

// checkChannels refuses channels of which the scheduler serves none: the message would go nowhere.
func (s *Service) checkChannels(channels []string) error {
	if slices.ContainsFunc(channels, func(c string) bool { return slices.Contains(s.Channels, c) }) {
		return nil
	}
	value, _ := json.Marshal(channels) //nolint:errchkjson // strings always marshal
	return Invalid("channels", string(value), "one that this scheduler serves: "+strings.Join(s.Channels, ", "))
}

// newKey returns a ULID, so that keys sort by the time of the request.
func (s *Service) newKey() string {
	return ulid.MustNew(ulid.Timestamp(s.Now()), rand.Reader).String()
}

// newObject names an object for one version of a message's content. The random part keeps two concurrent writers from
// writing the same object: only one of the two becomes the message's, and the other is swept.
func (s *Service) newObject(group, key string) string {
	var random [8]byte
	rand.Read(random[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return s.Prefix + group + "/" + key + "/" + hex.EncodeToString(random[:]) + ".json"
}

// enqueue puts m on the due queue if the dispatcher may have read its bucket already. A failure delays the message by
// minutes, until the dispatcher reads the bucket again; it does not undo the write, so it does not fail the call.
func (s *Service) enqueue(ctx context.Context, m Message) {
	wait := m.Due.Sub(s.Now())
	if wait > contract.Direct {
		return
	}
	if err := errors.Join(s.Due.Send(ctx, []queue.Message{DueOf(m).Message(wait)})...); err != nil {
		s.Log.WarnContext(ctx, "message not queued, the dispatcher will find it late", "group", m.Group, "key", m.Key, "error", err)
	}
}

// Get returns a message and its content.
func (s *Service) Get(ctx context.Context, group, key string) (Message, Content, error) {
	m, err := s.find(ctx, group, key)
	if err != nil {
		return m, Content{}, err
	}
	content, err := s.Contents.Get(ctx, m.Object)
	if finished := open(m) != nil; finished && (errors.Is(err, ErrNoContent) || errors.Is(err, ErrDenied)) { // its content may go first
		return m, Content{Subject: m.Subject}, nil
	}
	if err != nil {
		return m, content, fmt.Errorf("schedule: get %q of group %q: %w", key, group, err)
	}
	return m, content, nil
}

func (s *Service) find(ctx context.Context, group, key string) (Message, error) {
	if err := CheckGroup(group); err != nil {
		return Message{}, err
	}
	if !IsKey(key) {
		return Message{}, fmt.Errorf("schedule: %w: %q", ErrNotFound, key)
	}
	m, found, err := s.Messages.Get(ctx, group, key)
	if err != nil {
		return m, fmt.Errorf("schedule: get %q of group %q: %w", key, group, err)
	}
	if !found {
		return m, fmt.Errorf("schedule: %w: %q", ErrNotFound, key)
	}
	return m, nil
}

// List returns a page of messages. A group exists as long as it has a message or a subscriber.
func (s *Service) List(ctx context.Context, f Filter) (Page, error) {
	if err := CheckGroup(f.Group); err != nil {
		return Page{}, err
	}
	page, err := s.Messages.List(ctx, f)
	if err != nil {
		return page, fmt.Errorf("schedule: list group %q: %w", f.Group, err)
	}
	if len(page.Messages) > 0 || page.Next != "" || f.After != "" {
		return page, nil
	}
	return page, s.exists(ctx, f.Group)
}

func (s *Service) exists(ctx context.Context, group string) error {
	any, err := s.Messages.List(ctx, Filter{Group: group, To: s.Now().Add(2 * contract.MaxAhead), Limit: 1})
	if err != nil {
		return fmt.Errorf("schedule: list group %q: %w", group, err)
	}
	if len(any.Messages) > 0 || any.Next != "" {
		return nil
	}
	found, err := s.Directory.HasAny(ctx, group)
	if err != nil {
		return fmt.Errorf("schedule: group %q: %w", group, err)
	}
	if !found {
		return fmt.Errorf("schedule: %w: %q", ErrUnknownGroup, group)
	}
	return nil
}

// ResultsOf returns the results of an occurrence, by default of the latest that has started.
func (s *Service) ResultsOf(ctx context.Context, group, key string, due time.Time, after string, limit int) (results []Result, next string, err error) {
	m, err := s.find(ctx, group, key)
	if err != nil {
		return nil, "", err
	}
	if due.IsZero() {
		due = m.lastBegun()
	}
	if results, next, err = s.Results.Results(ctx, group, key, due, after, limit); err != nil {
		return nil, "", fmt.Errorf("schedule: results of %q of group %q: %w", key, group, err)
	}
	return results, next, nil
}
