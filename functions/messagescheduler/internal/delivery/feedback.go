package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// A Feedback is what SES reports about a mail after it was sent.
type Feedback struct {
	ID        ID
	MessageID string
	Kind      FeedbackKind
	Reason    string // for a reader
}

// A FeedbackKind is the outcome that SES reports.
type FeedbackKind int

// Kinds of feedback.
const (
	Accepted           FeedbackKind = iota // SES accepted it: settles a record whose writer died
	PermanentlyBounced                     // the address does not exist, or is on the account's suppression list
	Complained                             // its recipient reported it as spam
	Rejected                               // SES accepted it and then did not send it
)

// BounceRecords records bounces.
type BounceRecords interface {
	Settle(ctx context.Context, id ID, o Outcome, now time.Time) error
	Bounce(ctx context.Context, id ID, reason string, now time.Time) error
}

// Suppressions suppresses subscribers.
type Suppressions interface {
	SetStatus(ctx context.Context, group, id, status string) (found bool, err error)
}

// A Listener handles feedback.
type Listener struct {
	Records     BounceRecords
	Subscribers Suppressions
	Bounced     string // the status of a subscriber whose address does not exist
	Complained  string // and of one who complained
	Now         func() time.Time
	Log         *slog.Logger
}

// Handle handles one event. Events may arrive twice and in any order.
func (l *Listener) Handle(ctx context.Context, f Feedback) error {
	if f.Kind == Accepted {
		return l.Records.Settle(ctx, f.ID, Outcome{Status: StatusSent, MessageID: f.MessageID}, l.Now())
	}
	l.Log.WarnContext(ctx, "negative feedback", "group", f.ID.Group, "key", f.ID.Key, "subscriber", f.ID.Subscriber, "kind", int(f.Kind))
	status := map[FeedbackKind]string{PermanentlyBounced: l.Bounced, Complained: l.Complained}[f.Kind]
	if status != "" {
		if _, err := l.Subscribers.SetStatus(ctx, f.ID.Group, f.ID.Subscriber, status); err != nil {
			return fmt.Errorf("delivery: suppress: %w", err)
		}
	}
	if f.Kind == Complained { // it was delivered, after all
		return nil
	}
	return l.Records.Bounce(ctx, f.ID, f.Reason, l.Now())
}
