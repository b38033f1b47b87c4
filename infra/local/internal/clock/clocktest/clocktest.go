// Package clocktest provides a clock that tests advance by hand, for tests with sockets or processes, which testing/synctest
// cannot hold.
package clocktest

import (
	"slices"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// A Clock stands still until Advance. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []timer
}

type timer struct {
	at time.Time
	c  chan time.Time
}

var _ clock.Clock = (*Clock)(nil)

// New returns a clock that stands at now.
func New(now time.Time) *Clock { return &Clock{now: now} }

// Now implements clock.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After implements clock.Clock.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := timer{at: c.now.Add(d), c: make(chan time.Time, 1)}
	c.timers = append(c.timers, t)
	return t.c
}

// Advance moves the time forward and fires the timers that fall due.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.timers = slices.DeleteFunc(c.timers, func(t timer) bool {
		if t.at.After(c.now) {
			return false
		}
		t.c <- c.now
		return true
	})
}

// Waiting reports whether a timer is due exactly d from now.
func (c *Clock) Waiting(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.timers, func(t timer) bool { return t.at.Equal(c.now.Add(d)) })
}

// AdvanceToNext moves the time to the timer that is due first, fires it alone, and reports how long that was; false if there
// is no timer.
func (c *Clock) AdvanceToNext() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 {
		return 0, false
	}
	slices.SortFunc(c.timers, func(a, b timer) int { return a.at.Compare(b.at) })
	first := c.timers[0]
	c.timers = c.timers[1:]
	passed := first.at.Sub(c.now)
	c.now = first.at
	first.c <- first.at
	return passed, true
}
