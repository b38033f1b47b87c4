package deliver

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
)

// A pacer finds the rate of posts that the account allows, and keeps to it.
//
// API Gateway's quota (10,000 requests a second and a burst of 5,000) is shared by every caller of the account and region,
// and nobody is told how much of it is left. So the pacer does what TCP does: without a limit until the account is
// throttled, then a part of the rate that it had, and then slowly more. The quota's burst makes up for what is not used
// in between. A single connection that is throttled, because its client does not read, says nothing of the account: only
// a second one soon after the first slows the process down.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
type pacer struct {
	clock clock.Clock
	turn  chan struct{} // held by the one that waits for the next moment; the others queue for it

	mu     sync.Mutex
	limit  float64   // posts a second when it was last cut; 0: no limit is known
	cutAt  time.Time // when limit was set
	nextAt time.Time // the next post's moment
	meter  meter

	throttledID string // the connection that was throttled last
	throttledAt time.Time
}

const (
	// cutTo is what remains of the rate when the account is throttled.
	cutTo = 0.7
	// cutPause lets the posts that were under way at the last cut come back before the next.
	cutPause = 50 * time.Millisecond
	// doubling is how long the rate takes to double without a cut: a second makes good for a cut in half of one, and lets
	// a process that was cut too far take over what others leave.
	doubling = time.Second
	// leastRate keeps a throttled process moving, in posts a second.
	leastRate = 10
	// tick is the shortest pause: posts that are due within it go together, for a timer costs as much as a post.
	tick = 5 * time.Millisecond
	// slack is how far behind its moment a post may be without the others losing theirs: timers are late.
	slack = 20 * time.Millisecond
	// idle is the pause after which a limit is forgotten: the quota's burst is there again.
	idle = time.Second
	// throttleMemory is how close two throttled connections are for the account to be the reason.
	throttleMemory = 100 * time.Millisecond
)

func newPacer(c clock.Clock) *pacer { return &pacer{clock: c, turn: make(chan struct{}, 1)} }

// wait returns when the next post may begin, or ctx's error if that ends before.
func (p *pacer) wait(ctx context.Context) error {
	if !p.limited() {
		return ctx.Err()
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.turn }()
	if pause := p.reserve(); pause >= tick {
		return p.clock.Sleep(ctx, pause)
	}
	return ctx.Err()
}

// limited says whether a limit is known, and counts the post if not.
func (p *pacer) limited() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if p.meter.idleFor(now) > idle {
		p.limit = 0
	}
	if p.limit > 0 {
		return true
	}
	p.meter.count(now)
	return false
}

// reserve takes the next moment and returns how far away it is. It is taken at the rate of now, not of when the caller
// began to queue.
func (p *pacer) reserve() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if earliest := now.Add(-slack); p.nextAt.Before(earliest) {
		p.nextAt = earliest
	}
	pause := p.nextAt.Sub(now)
	p.nextAt = p.nextAt.Add(time.Duration(float64(time.Second) / p.rate(now)))
	p.meter.count(now)
	return pause
}

// rate is the limit as it has grown since.
func (p *pacer) rate(now time.Time) float64 {
	return p.limit * math.Exp2(now.Sub(p.cutAt).Seconds()/doubling.Seconds())
}

// throttled notes that a post to connectionID was throttled, and slows down if others were too.
func (p *pacer) throttled(connectionID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	others := p.throttledID != "" && p.throttledID != connectionID && now.Sub(p.throttledAt) < throttleMemory
	p.throttledID, p.throttledAt = connectionID, now
	if !others || now.Sub(p.cutAt) < cutPause {
		return
	}
	rate := p.meter.rate(now)
	if p.limit > 0 {
		rate = min(rate, p.rate(now))
	}
	p.limit, p.cutAt = max(leastRate, rate*cutTo), now
}
