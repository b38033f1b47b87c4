package deliver

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
)

// posts starts n posts, each step after the other, and returns how long they took.
func posts(t *testing.T, p *pacer, fake *clock.Fake, n int, step time.Duration) time.Duration {
	t.Helper()
	start := fake.Now()
	for range n {
		if err := p.wait(context.Background()); err != nil {
			t.Fatal(err)
		}
		fake.Advance(step)
	}
	return fake.Now().Sub(start)
}

// throttle throttles n connections now.
func throttle(p *pacer, n int) {
	for i := range n {
		p.throttled(fmt.Sprint("c", i))
	}
}

func TestPacerKnowsNoLimitUntilTheAccountIsThrottled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		throttle func(p *pacer, fake *clock.Fake)
		limited  bool
	}{
		{"nobody is throttled", func(*pacer, *clock.Fake) {}, false},
		{"one connection is throttled, however often", func(p *pacer, _ *clock.Fake) {
			for range 10 {
				p.throttled("slow")
			}
		}, false},
		{"two connections are throttled far apart", func(p *pacer, fake *clock.Fake) {
			p.throttled("a")
			fake.Advance(throttleMemory)
			p.throttled("b")
		}, false},
		{"two connections are throttled together", func(p *pacer, _ *clock.Fake) { throttle(p, 2) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fake := clock.NewFake()
			p := newPacer(fake, 0)
			posts(t, p, fake, 1000, 100*time.Microsecond)
			c.throttle(p, fake)
			if got := p.limit > 0; got != c.limited {
				t.Errorf("limit %v", p.limit)
			}
		})
	}
}

func TestPacerCutsToAPartOfTheRate(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake()
	p := newPacer(fake, 0)
	posts(t, p, fake, 1000, 100*time.Microsecond) // 10,000 a second
	throttle(p, 500)
	if p.limit < 6_900 || p.limit > 7_100 {
		t.Errorf("after one round of 500: limit %v", p.limit)
	}
	took := posts(t, p, fake, 700, 0)
	if took < 70*time.Millisecond || took > 110*time.Millisecond {
		t.Errorf("700 posts took %v", took)
	}
}

func TestPacerDoublesInASecond(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake()
	p := newPacer(fake, 0)
	p.limit, p.cutAt, p.nextAt = 1000, fake.Now(), fake.Now()
	p.meter.count(fake.Now())
	// The integral of 1000 * 2^t from 0 to 1 is 1,443.
	if took := posts(t, p, fake, 1443, 0); took < 950*time.Millisecond || took > 1050*time.Millisecond {
		t.Errorf("1,443 posts took %v", took)
	}
}

func TestPacerNeverStops(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake()
	p := newPacer(fake, 0)
	posts(t, p, fake, 100, time.Millisecond)
	for range 100 {
		fake.Advance(cutPause)
		posts(t, p, fake, 1, 0)
		throttle(p, 2)
	}
	if p.limit != leastRate {
		t.Errorf("limit %v", p.limit)
	}
}

func TestPacerForgetsTheLimitWhenIdle(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake()
	p := newPacer(fake, 0)
	posts(t, p, fake, 100, time.Millisecond)
	throttle(p, 2)
	fake.Advance(idle + time.Millisecond)
	if took := posts(t, p, fake, 5000, 0); took != 0 {
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
			fake := clock.NewFake()
			p := newPacer(fake, 0)
			p.limit, p.cutAt = c.rate, fake.Now()
			p.meter.count(fake.Now())
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

func TestACeilingBoundsTheRateFromTheFirstPostOn(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake()
	p := newPacer(fake, 1000)
	if took := posts(t, p, fake, 500, 0); took > 2*tick {
		t.Errorf("the burst of half a second took %s", took)
	}
	if took := posts(t, p, fake, 1000, 0); took < 990*time.Millisecond || took > 1010*time.Millisecond {
		t.Errorf("1,000 posts after the burst took %s, want a second", took)
	}
}

func TestARateThatWasCutGrowsToTheCeilingAndNoFurther(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake()
	p := newPacer(fake, 1000)
	posts(t, p, fake, 2000, 0)
	throttle(p, 2)
	if rate := p.rate(fake.Now()); rate > 0.75*1000 {
		t.Errorf("rate %.0f after the cut", rate)
	}
	posts(t, p, fake, 5000, 0)
	if rate := p.rate(fake.Now()); rate != 1000 {
		t.Errorf("rate %.0f some seconds later, want the ceiling", rate)
	}
}
