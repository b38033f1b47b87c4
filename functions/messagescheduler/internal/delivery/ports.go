package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// Statuses of a record.
const (
	StatusSending    = "sending"  // claimed; by someone who may have died
	StatusRetrying   = "retrying" // failed for now
	StatusSent       = "sent"
	StatusFailed     = "failed"
	StatusSuppressed = "suppressed"
)

// A Claim is the outcome of claiming a record.
type Claim int

// The outcomes.
const (
	Claimed Claim = iota
	Busy          // somebody else claimed it less than a lease ago
	Done          // it has been sent or suppressed
)

// An Outcome is how a record is settled.
type Outcome struct {
	Status    string
	Reason    string
	MessageID string
}

// Records are the conditional records.
type Records interface {
	// Claim takes the record if there is none, if it waits for a retry or has failed, or if its claim is older than lease.
	Claim(ctx context.Context, id ID, now time.Time, lease time.Duration) (Claim, error)
	// Settle writes the outcome. A record that is sent already stays so.
	Settle(ctx context.Context, id ID, o Outcome, now time.Time) error
}

// A Mail is what is handed over.
type Mail struct {
	ID             ID
	To             string
	Subject, Text  string
	HTML           string
	UnsubscribeURL string
}

// What sending can end with. Anything else leaves open whether the mail was taken.
var (
	// ErrRefused: the mail will never be taken as it is.
	ErrRefused = errors.New("mail refused")
	// ErrThrottled and ErrUnavailable: it was not taken now.
	ErrThrottled   = errors.New("throttled")
	ErrUnavailable = errors.New("mail service not available")
)

// A Mailer hands mail to SES.
type Mailer interface {
	Send(ctx context.Context, m Mail) (messageID string, err error)
}

// Contents has what messages say.
type Contents interface {
	Get(ctx context.Context, object string) (schedule.Content, error)
}

// A Limiter spaces mails.
type Limiter interface {
	// Wait returns when one more mail may go, or with an error at once if that would be after ctx's deadline.
	Wait(ctx context.Context) error
	// Slow makes the limiter slower for a while: SES has said that it is too fast.
	Slow()
}

// Links makes the links that unsubscribe.
type Links interface {
	Unsubscribe(ctx context.Context, group, subscriber string) (string, error)
}
