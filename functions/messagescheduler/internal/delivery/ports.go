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

// A Claim is the result of claiming a record.
type Claim int

// Results of a claim.
const (
	Claimed Claim = iota
	Busy          // claimed elsewhere less than a lease ago
	Done          // it has been sent or suppressed
)

// An Outcome is what a record is settled with.
type Outcome struct {
	Status    string
	Reason    string
	MessageID string
}

// Records are the conditional records of deliveries.
type Records interface {
	// Claim claims the record if there is none, if it waits for a retry or has failed, or if its claim is older than
	// lease.
	Claim(ctx context.Context, id ID, now time.Time, lease time.Duration) (Claim, error)
	// Settle writes the outcome. A record that is already sent does not change.
	Settle(ctx context.Context, id ID, o Outcome, now time.Time) error
}

// A Mail is one e-mail to one recipient.
type Mail struct {
	ID             ID
	To             string
	Subject, Text  string
	HTML           string
	UnsubscribeURL string
}

// Reasons for which a mail is not sent.
var (
	// ErrRefused: SES will never accept this mail.
	ErrRefused = errors.New("mail refused")
	// ErrNotSetUp: SES accepts no such mail until somebody changes the account, for instance verifies the sender.
	ErrNotSetUp = errors.New("mail service not set up")
	// ErrThrottled and ErrUnavailable: SES did not accept the mail now.
	ErrThrottled   = errors.New("throttled")
	ErrUnavailable = errors.New("mail service not available")
	// ErrUnanswered: SES did not answer, and may have accepted the mail.
	ErrUnanswered = errors.New("no answer of the mail service")
)

// A Mailer sends e-mail.
type Mailer interface {
	Send(ctx context.Context, m Mail) (messageID string, err error)
}

// Contents has the contents of messages.
type Contents interface {
	Get(ctx context.Context, object string) (schedule.Content, error)
}

// A Limiter limits the rate of mails.
type Limiter interface {
	// Wait returns when one more mail may be sent, or at once with an error if that would be after ctx's deadline.
	Wait(ctx context.Context) error
	// Slow reduces the rate for a while: SES has throttled a mail.
	Slow()
}

// Links makes unsubscribe links.
type Links interface {
	Unsubscribe(ctx context.Context, group, subscriber string) (string, error)
}
