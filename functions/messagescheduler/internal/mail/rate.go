package mail

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"golang.org/x/time/rate"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
)

// QuotaAPI is what Limiter needs of *sesv2.Client.
type QuotaAPI interface {
	GetAccount(context.Context, *sesv2.GetAccountInput, ...func(*sesv2.Options)) (*sesv2.GetAccountOutput, error)
}

var (
	_ QuotaAPI         = (*sesv2.Client)(nil)
	_ delivery.Limiter = (*Limiter)(nil)
)

const (
	// sandboxRate is the rate that every account has, in mails a second.
	// https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
	sandboxRate = 1
	// quotaAge is how long a quota is cached.
	quotaAge = 5 * time.Minute
	// recovery is how many seconds a slowed limiter takes to return to the full rate.
	recovery = 20
)

// A Limiter limits the rate of mails of one instance. The instances do not communicate.
//
// Without Fixed, each starts with the account's whole rate, so that the few mails of a quiet minute do not wait. When
// SES throttles, the limiter halves its rate, down to its share, and recovers gradually, so that busy instances settle
// on what is available. With Fixed, each keeps to its share of that rate.
type Limiter struct {
	Client    QuotaAPI
	Fixed     float64 // mails a second of all instances; 0 asks SES
	Instances int
	Now       func() time.Time
	Log       *slog.Logger

	mu      sync.Mutex
	limiter *rate.Limiter
	full    float64 // mails a second
	readAt  time.Time
	slowed  float64 // the rate after the last throttling; 0: there was none
	slowAt  time.Time
}

// Wait implements delivery.Limiter.
func (l *Limiter) Wait(ctx context.Context) error { return l.current(ctx).Wait(ctx) }

// Slow implements delivery.Limiter. Mails that were sent together are throttled together, and count as one.
func (l *Limiter) Slow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	if l.Fixed > 0 || (l.slowed > 0 && now.Sub(l.slowAt) < time.Second) {
		return
	}
	l.slowed, l.slowAt = max(l.rate(now)/2, l.share()), now
}

// share returns the rate of an instance when all are busy.
func (l *Limiter) share() float64 { return l.full / float64(max(l.Instances, 1)) }

// rate returns the instance's current rate.
func (l *Limiter) rate(now time.Time) float64 {
	switch {
	case l.Fixed > 0:
		return l.share()
	case l.slowed == 0:
		return l.full
	default:
		return min(l.full, l.slowed+l.full*now.Sub(l.slowAt).Seconds()/recovery)
	}
}

func (l *Limiter) current(ctx context.Context) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	if l.full == 0 || (l.Fixed == 0 && now.Sub(l.readAt) > quotaAge) {
		l.full, l.readAt = l.quota(ctx), now
	}
	limit := l.rate(now)
	if l.limiter == nil {
		l.limiter = rate.NewLimiter(rate.Limit(limit), max(1, int(limit/10)))
	}
	if l.limiter.Limit() != rate.Limit(limit) {
		l.limiter.SetLimit(rate.Limit(limit))
	}
	return l.limiter
}

// quota returns the account's rate: the last known if SES does not answer, or that of the sandbox.
func (l *Limiter) quota(ctx context.Context) float64 {
	if l.Fixed > 0 {
		return l.Fixed
	}
	out, err := l.Client.GetAccount(ctx, &sesv2.GetAccountInput{})
	if err == nil && out.SendQuota != nil && out.SendQuota.MaxSendRate > 0 {
		return out.SendQuota.MaxSendRate
	}
	l.Log.WarnContext(ctx, "sending rate not read", "error", err)
	if l.full > 0 {
		return l.full
	}
	return sandboxRate
}
