package subscribers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/calendar"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// Groups reads a group's messages, to know whether a group without subscribers exists.
type Groups interface {
	List(ctx context.Context, f schedule.Filter) (schedule.Page, error)
}

// A Register adds, lists and removes subscribers.
type Register struct {
	Store    Store
	Groups   Groups
	Links    Links
	Confirms delivery.Mailer // nil: no double opt-in
	Now      func() time.Time
	Log      *slog.Logger
}

// A Request is the body of POST.
type Request struct{ Email, Name, Timezone string }

// ParseRequest parses {"email","name"?,"timezone"?}. Unknown fields are ignored.
func ParseRequest(body []byte) (Request, error) {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(body, &in); err != nil || in == nil || !utf8.Valid(body) {
		return Request{}, schedule.Invalid("body", string(body), "the request is one JSON object")
	}
	var r Request
	for _, f := range []struct {
		name string
		into *string
	}{{"email", &r.Email}, {"name", &r.Name}, {"timezone", &r.Timezone}} {
		raw, ok := in[f.name]
		if !ok || string(raw) == "null" {
			continue
		}
		if json.Unmarshal(raw, f.into) != nil {
			return r, schedule.Invalid(f.name, string(raw), "a string")
		}
		*f.into = strings.TrimSpace(*f.into)
	}
	return r, r.check()
}

func (r Request) check() error {
	if r.Email == "" {
		return schedule.Invalid("email", "", "is required")
	}
	if !ValidAddress(r.Email) {
		return schedule.Invalid("email", r.Email, "an address such as ada@example.com, of ASCII characters, at most 254 of them")
	}
	if utf8.RuneCountInString(r.Name) > contract.MaxNameCharacters || strings.ContainsAny(r.Name, "\r\n\x00") {
		return schedule.Invalid("name", r.Name, fmt.Sprintf("one line of at most %d characters", contract.MaxNameCharacters))
	}
	if _, err := calendar.Zone(r.Timezone); err != nil {
		return schedule.Invalid("timezone", r.Timezone, "a name of the IANA time zone database, such as Europe/Berlin")
	}
	return nil
}

// Add subscribes an address. An existing subscriber does not change, even if it has unsubscribed: to subscribe it
// again, remove it first.
func (g *Register) Add(ctx context.Context, group string, r Request) (s Subscriber, added bool, err error) {
	if err := schedule.CheckGroup(group); err != nil {
		return s, false, err
	}
	s = Subscriber{
		Group: group, ID: IDOf(r.Email), Email: r.Email, Name: r.Name, Timezone: r.Timezone, Status: StatusActive, CreatedAt: g.Now(),
	}
	if g.Confirms != nil {
		s.Status = StatusPending
	}
	if s, added, err = g.Store.Add(ctx, s); err != nil {
		return s, false, fmt.Errorf("subscribers: add to group %q: %w", group, err)
	}
	if s.Status == StatusPending && g.Confirms != nil {
		if err := g.askToConfirm(ctx, s); err != nil { // asking again is adding again
			return s, added, fmt.Errorf("subscribers: add to group %q: %w", group, err)
		}
	}
	return s, added, nil
}

func (g *Register) askToConfirm(ctx context.Context, s Subscriber) error {
	link, err := g.Links.Confirm(ctx, s.Group, s.ID)
	if err != nil {
		return err
	}
	_, err = g.Confirms.Send(ctx, delivery.Mail{
		To: s.Email, Subject: "Please confirm your subscription to " + s.Group,
		Text: "Somebody subscribed this address to messages of " + s.Group + ".\n\nTo receive them, open this page and confirm:\n\n" + link +
			"\n\nIf it was not you, do nothing: without a confirmation nothing is sent.\n",
	})
	if errors.Is(err, delivery.ErrRefused) {
		return schedule.Invalid("email", s.Email, "an address that takes mail")
	}
	return err
}

// List returns a page. A group exists as long as it has a message or a subscriber.
func (g *Register) List(ctx context.Context, group, after string, limit int) ([]Subscriber, string, error) {
	if err := schedule.CheckGroup(group); err != nil {
		return nil, "", err
	}
	if after != "" && !IsID(after) {
		return nil, "", schedule.Invalid("next", after, "the value of next in the page before")
	}
	page, next, err := g.Store.List(ctx, group, after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("subscribers: list group %q: %w", group, err)
	}
	if len(page) > 0 || after != "" {
		return page, next, nil
	}
	known, err := g.Groups.List(ctx, schedule.Filter{Group: group, Limit: 1})
	if err != nil {
		return nil, "", fmt.Errorf("subscribers: list group %q: %w", group, err)
	}
	if len(known.Messages) == 0 && known.Next == "" {
		return nil, "", fmt.Errorf("subscribers: %w: %q", schedule.ErrUnknownGroup, group)
	}
	return page, "", nil
}

// Remove deletes a subscriber, named by id or address.
func (g *Register) Remove(ctx context.Context, group, subscriber string) error {
	if err := schedule.CheckGroup(group); err != nil {
		return err
	}
	id := subscriber
	if strings.Contains(subscriber, "@") {
		id = IDOf(subscriber)
	}
	if !IsID(id) {
		return fmt.Errorf("subscribers: remove: %w: %q", ErrNotFound, subscriber)
	}
	found, err := g.Store.Remove(ctx, group, id)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("subscribers: remove %q from group %q: %w", id, group, err)
	}
	return nil
}

// Unsubscribe handles an unsubscribe link. Following it twice, or after the subscriber was removed, is not an error.
func (g *Register) Unsubscribe(ctx context.Context, group, id, signature string) error {
	return g.follow(ctx, PurposeUnsubscribe, group, id, signature, func(Subscriber) string { return StatusUnsubscribed })
}

// Confirm handles a confirmation link.
func (g *Register) Confirm(ctx context.Context, group, id, signature string) error {
	return g.follow(ctx, PurposeConfirm, group, id, signature, func(s Subscriber) string {
		if s.Status == StatusPending {
			return StatusActive
		}
		return s.Status // who has left since stays away
	})
}

func (g *Register) follow(ctx context.Context, purpose, group, id, signature string, status func(Subscriber) string) error {
	if err := g.Links.Verify(ctx, purpose, group, id, signature); err != nil {
		return err
	}
	s, found, err := g.Store.Get(ctx, group, id)
	if err != nil {
		return fmt.Errorf("subscribers: %s: %w", purpose, err)
	}
	if !found || status(s) == s.Status {
		return nil
	}
	if _, err := g.Store.SetStatus(ctx, group, id, status(s)); err != nil {
		return fmt.Errorf("subscribers: %s: %w", purpose, err)
	}
	g.Log.InfoContext(ctx, purpose, "group", group, "subscriber", id)
	return nil
}
