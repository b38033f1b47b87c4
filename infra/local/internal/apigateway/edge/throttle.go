package edge

import (
	"golang.org/x/time/rate"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// A Throttle is a token bucket: Rate tokens a second up to Burst. It is safe for concurrent use.
type Throttle struct {
	limiter *rate.Limiter
	clock   clock.Clock
}

// Limits of a bucket. Rate 0 means the user's default; below 0 is no limit.
type Limits struct {
	Rate  float64 // requests a second
	Burst int
}

// Quotas of an account and region, shared by all its APIs and @connections calls.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
var (
	DefaultAccountLimits    = Limits{Rate: 10_000, Burst: 5_000}
	DefaultConnectionLimits = Limits{Rate: 500, Burst: 500} // new WebSocket connections; AWS documents no burst
)

// Or returns l, or fallback where l is zero.
func (l Limits) Or(fallback Limits) Limits {
	if l.Rate == 0 {
		return fallback
	}
	return l
}

// NewThrottle returns a full bucket. With a Rate of 0 or less it never refuses.
func NewThrottle(l Limits, c clock.Clock) *Throttle {
	if l.Rate <= 0 {
		return &Throttle{limiter: rate.NewLimiter(rate.Inf, 0), clock: c}
	}
	return &Throttle{limiter: rate.NewLimiter(rate.Limit(l.Rate), l.Burst), clock: c}
}

// Allow takes a token if there is one.
func (t *Throttle) Allow() bool { return t.limiter.AllowN(t.clock.Now(), 1) }
