package deliver

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
)

// A pacer finds the rate of posts that the account allows, and limits the process to it.
//
// API Gateway's quota (10,000 requests a second and a burst of 5,000) is shared by every caller of the account and region,
// and no API reports how much of it is left. So the pacer does what TCP does: no limit until the account is throttled,
// then a fraction of the rate at that moment, then slowly more. The quota's burst makes up for what is unused in between.
// A single throttled connection, whose client does not read, says nothing about the account: only a second one soon after
// the first slows the process down.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
//
// A ceiling, if there is one, bounds the rate from the first post on, so that other callers keep a part of the quota without
// being throttled first.
type pacer struct {
	clock clock.Clock
	turn  chan struct{} // held by the post that waits for its start time; the others queue for it

	mu      sync.Mutex
	ceiling float64 // posts a second; 0: none

	limit  float64   // posts a second when it was last cut; 0: no limit is known
	cutAt  time.Time // when limit was set
	nextAt time.Time // when the next post may start
	meter  meter

	throttledID string // the last throttled connection
	throttledAt time.Time
}

const (
	// cutTo is the fraction of the rate that remains when the account is throttled.
	cutTo = 0.7
	// cutPause lets the posts that were in flight at the last cut return before the next cut.
	cutPause = 50 * time.Millisecond
	// doubling is how long the rate takes to double without a cut. It makes good for a cut in half that time, and lets a
	// process that was cut too far use what others leave.
	doubling = time.Second
	// leastRate keeps a throttled process moving, in posts a second.
	leastRate = 10
	// tick is the shortest pause: posts due within it start together, because a timer costs as much as a post.
	tick = 5 * time.Millisecond
	// slack is how late a post may start without delaying the others: timers fire late.
	slack = 20 * time.Millisecond
	// burst is how long the quota's burst lasts at its rate.
	burst = 500 * time.Millisecond
	// idle is the pause after which a limit is dropped: the quota's burst is available again.
	idle = time.Second
	// throttleMemory is how close in time two connections must be throttled for the account to be the reason.
	throttleMemory = 100 * time.Millisecond
)

func newPacer(c clock.Clock, ceiling float64) *pacer {
	return &pacer{clock: c, turn: make(chan struct{}, 1), ceiling: ceiling}
}

// wait returns when the next post may start, or ctx's error if ctx ends first.
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

// limited reports whether a limit is known, and counts the post if not.
func (p *pacer) limited() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if p.meter.idleFor(now) > idle {
		p.limit = 0
	}
	if p.limit > 0 || p.ceiling > 0 {
		return true
	}
	p.meter.count(now)
	return false
}

// reserve reserves the next start time and returns how far away it is, at the rate of now and not of when the caller began
// to queue.
func (p *pacer) reserve() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if earliest := now.Add(-p.arrears()); p.nextAt.Before(earliest) {
		p.nextAt = earliest
	}
	pause := p.nextAt.Sub(now)
	p.nextAt = p.nextAt.Add(time.Duration(float64(time.Second) / p.rate(now)))
	p.meter.count(now)
	return pause
}

// arrears is how late a post may start without delaying the others. Below the ceiling it is the quota's burst, which lasts half
// a second: 5,000 of 10,000.
func (p *pacer) arrears() time.Duration {
	if p.limit == 0 {
		return burst
	}
	return slack
}

// rate returns the limit as it has grown since the last cut, at most the ceiling.
func (p *pacer) rate(now time.Time) float64 {
	if p.limit == 0 {
		return p.ceiling
	}
	grown := p.limit * math.Exp2(now.Sub(p.cutAt).Seconds()/doubling.Seconds())
	if p.ceiling > 0 {
		return min(grown, p.ceiling)
	}
	return grown
}

// throttled records that a post to connectionID was throttled, and slows down if others were too.
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
