package ses

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"golang.org/x/time/rate"

	"github.com/hermes-cdk/hermes/functions/internal/schedule/delivery"
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
	// sandboxRate is what every account may send, in mails a second.
	// https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
	sandboxRate = 1
	// quotaAge is how long a quota is believed.
	quotaAge = 5 * time.Minute
	// slowFor is how long a throttled limiter runs at half its rate.
	slowFor = 10 * time.Second
)

// A Limiter keeps one instance to its share of the account's rate. The instances do not talk to each other: each gets
// the rate divided by how many there may be.
type Limiter struct {
	Client    QuotaAPI
	Fixed     float64 // mails a second of all instances; 0 asks SES
	Instances int
	Now       func() time.Time
	Log       *slog.Logger

	mu       sync.Mutex
	limiter  *rate.Limiter
	share    float64
	readAt   time.Time
	slowTill time.Time
}

// Wait implements delivery.Limiter.
func (l *Limiter) Wait(ctx context.Context) error { return l.current(ctx).Wait(ctx) }

// Slow implements delivery.Limiter.
func (l *Limiter) Slow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowTill = l.Now().Add(slowFor)
}

func (l *Limiter) current(ctx context.Context) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limiter == nil || (l.Fixed == 0 && l.Now().Sub(l.readAt) > quotaAge) {
		l.share = l.rate(ctx) / float64(max(l.Instances, 1))
		l.readAt = l.Now()
	}
	share := l.share
	if l.Now().Before(l.slowTill) {
		share /= 2
	}
	if l.limiter == nil {
		l.limiter = rate.NewLimiter(rate.Limit(share), max(1, int(share/10)))
	}
	if l.limiter.Limit() != rate.Limit(share) {
		l.limiter.SetLimit(rate.Limit(share))
	}
	return l.limiter
}

// rate is the account's, the one before if SES does not say, or that of the sandbox.
func (l *Limiter) rate(ctx context.Context) float64 {
	if l.Fixed > 0 {
		return l.Fixed
	}
	out, err := l.Client.GetAccount(ctx, &sesv2.GetAccountInput{})
	if err == nil && out.SendQuota != nil && out.SendQuota.MaxSendRate > 0 {
		return out.SendQuota.MaxSendRate
	}
	l.Log.WarnContext(ctx, "sending rate not read", "error", err)
	if l.share > 0 {
		return l.share * float64(max(l.Instances, 1))
	}
	return sandboxRate
}
