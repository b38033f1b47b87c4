package schedulertest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
)

// A Mailer records mails, and reports feedback as SES does.
type Mailer struct {
	Now    func() time.Time
	Fail   func(method string) error
	Refuse func(m delivery.Mail) error // optional

	mu    sync.Mutex
	sent  []Sent
	feeds []delivery.Feedback
}

// Sent is a mail that was accepted.
type Sent struct {
	delivery.Mail
	At time.Time
}

// Send accepts a mail.
func (s *Mailer) Send(_ context.Context, m delivery.Mail) (string, error) {
	if s.Fail != nil {
		if err := s.Fail("Send"); err != nil {
			return "", fmt.Errorf("%w: %w", delivery.ErrUnavailable, err)
		}
	}
	if s.Refuse != nil {
		if err := s.Refuse(m); err != nil {
			return "", err
		}
	}
	s.mu.Lock()
	s.sent = append(s.sent, Sent{m, s.Now()})
	id := fmt.Sprintf("mail-%d", len(s.sent))
	s.feeds = append(s.feeds, delivery.Feedback{ID: m.ID, MessageID: id, Kind: delivery.Accepted})
	s.mu.Unlock()
	if s.Fail != nil {
		_ = s.Fail("Send done")
	}
	return id, nil
}

// Sent returns the accepted mails.
func (s *Mailer) Sent() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Sent(nil), s.sent...)
}

// Events returns the events since the last call.
func (s *Mailer) Events() []delivery.Feedback {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.feeds
	s.feeds = nil
	return events
}

// Unlimited is a limiter without a limit.
type Unlimited struct{}

// Wait returns at once.
func (Unlimited) Wait(context.Context) error { return nil }

// Slow does nothing.
func (Unlimited) Slow() {}

// PlainLinks makes readable links.
type PlainLinks struct{}

// Unsubscribe makes a link.
func (PlainLinks) Unsubscribe(_ context.Context, group, subscriber string) (string, error) {
	return "https://api/unsubscribe?" + group + "&" + subscriber, nil
}
