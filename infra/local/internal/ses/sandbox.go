package ses

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// Quotas of an account in the sandbox (https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html).
const (
	sandboxRate  = 1   // mails a second
	sandboxQuota = 200 // mails in 24 hours
	day          = 24 * time.Hour
)

// SetSandbox moves the account into the sandbox, in which AWS accounts start, or out of it.
func (b *Outbox) SetSandbox(enabled bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sandbox = enabled
	perSecond := b.rate
	if enabled {
		perSecond = sandboxRate
	}
	b.limit = newLimiter(perSecond)
}

// newLimiter returns a limiter with a burst of one second.
func newLimiter(perSecond float64) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
}

// checkQuota refuses a mail above the sending rate, or above the sandbox's daily quota
// (https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html).
func (b *Outbox) checkQuota(now time.Time, recipients int) *wire.Error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	switch {
	case b.sandbox && b.sentSince(now.Add(-day))+recipients > sandboxQuota:
		return &wire.Error{Code: "TooManyRequestsException", Message: "Daily message quota exceeded.", Status: 429}
	case !b.limit.AllowN(now, recipients):
		return &wire.Error{Code: "TooManyRequestsException", Message: "Maximum sending rate exceeded.", Status: 429}
	}
	return nil
}

// sentSince counts recipients of mails sent after t; the lock is held.
func (b *Outbox) sentSince(t time.Time) int {
	sent := 0
	for i := len(b.messages) - 1; i >= 0 && b.messages[i].Time.After(t); i-- {
		sent += len(b.messages[i].recipients())
	}
	return sent
}
