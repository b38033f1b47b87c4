package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// stepClock moves when somebody sleeps, and when a test says so.
type stepClock struct {
	mu  sync.Mutex
	now time.Time
}

func newStepClock() *stepClock { return &stepClock{now: time.UnixMilli(1_700_000_000_000)} }

func (c *stepClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stepClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// posts lets n posts begin, each step after the other, and returns how long they took.
func posts(t *testing.T, p *pacer, clock *stepClock, n int, step time.Duration) time.Duration {
	t.Helper()
	start := clock.Now()
	for range n {
		if err := p.wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		_ = clock.Sleep(context.Background(), step)
	}
	return clock.Now().Sub(start)
}

// throttle lets n connections be throttled now.
func throttle(p *pacer, n int) {
	for i := range n {
		p.throttled(fmt.Sprint("c", i))
	}
}

func TestPacerKnowsNoLimitUntilTheAccountIsThrottled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		throttle func(p *pacer, clock *stepClock)
		limited  bool
	}{
		{"nobody is throttled", func(*pacer, *stepClock) {}, false},
		{"one connection is throttled, however often", func(p *pacer, _ *stepClock) {
			for range 10 {
				p.throttled("slow")
			}
		}, false},
		{"two connections are throttled far apart", func(p *pacer, clock *stepClock) {
			p.throttled("a")
			_ = clock.Sleep(context.Background(), throttleMemory)
			p.throttled("b")
		}, false},
		{"two connections are throttled together", func(p *pacer, _ *stepClock) { throttle(p, 2) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := newStepClock()
			p := newPacer(clock)
			posts(t, p, clock, 1000, 100*time.Microsecond)
			c.throttle(p, clock)
			if got := p.limit > 0; got != c.limited {
				t.Errorf("limit %v", p.limit)
			}
		})
	}
}

func TestPacerCutsToAPartOfTheRate(t *testing.T) {
	t.Parallel()
	clock := newStepClock()
	p := newPacer(clock)
	posts(t, p, clock, 1000, 100*time.Microsecond) // 10,000 a second
	throttle(p, 500)
	if p.limit < 6_900 || p.limit > 7_100 {
		t.Errorf("after one round of 500: limit %v", p.limit)
	}
	took := posts(t, p, clock, 700, 0)
	if took < 70*time.Millisecond || took > 110*time.Millisecond {
		t.Errorf("700 posts took %v", took)
	}
}

func TestPacerDoublesInASecond(t *testing.T) {
	t.Parallel()
	clock := newStepClock()
	p := newPacer(clock)
	p.limit, p.cutAt, p.nextAt = 1000, clock.Now(), clock.Now()
	p.meter.count(clock.Now())
	// The integral of 1000 * 2^t from 0 to 1 is 1,443.
	if took := posts(t, p, clock, 1443, 0); took < 950*time.Millisecond || took > 1050*time.Millisecond {
		t.Errorf("1,443 posts took %v", took)
	}
}

func TestPacerNeverStops(t *testing.T) {
	t.Parallel()
	clock := newStepClock()
	p := newPacer(clock)
	posts(t, p, clock, 100, time.Millisecond)
	for range 100 {
		_ = clock.Sleep(context.Background(), cutPause)
		posts(t, p, clock, 1, 0)
		throttle(p, 2)
	}
	if p.limit != leastRate {
		t.Errorf("limit %v", p.limit)
	}
}

func TestPacerForgetsTheLimitWhenIdle(t *testing.T) {
	t.Parallel()
	clock := newStepClock()
	p := newPacer(clock)
	posts(t, p, clock, 100, time.Millisecond)
	throttle(p, 2)
	_ = clock.Sleep(context.Background(), idle+time.Millisecond)
	if took := posts(t, p, clock, 5000, 0); took != 0 {
		t.Errorf("5,000 posts took %v", took)
	}
}

func TestPacerLetsGoWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		hold bool // somebody else has the turn
		rate float64
	}{{"without limit", false, 0}, {"with a limit", false, 1000}, {"behind another", true, 1000}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := newStepClock()
			p := newPacer(clock)
			p.limit, p.cutAt = c.rate, clock.Now()
			p.meter.count(clock.Now())
			if c.hold {
				p.turn <- struct{}{}
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if err := p.wait(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}
