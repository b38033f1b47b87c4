// Package clock is the time as the parts of the local stage see it, so that tests can control it.
package clock

import "time"

// A Clock reports the time and waits.
type Clock interface {
	Now() time.Time
	// After returns a channel that receives the time once d has passed. Nobody has to receive from it.
	After(d time.Duration) <-chan time.Time
}

// System is the machine's clock.
type System struct{}

var _ Clock = System{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now() }

// After implements Clock.
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }

// OrSystem returns c, or the machine's clock if c is nil.
func OrSystem(c Clock) Clock {
	if c == nil {
		return System{}
	}
	return c
}
