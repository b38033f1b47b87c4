package eventsource

import "time"

// Clock tells the time and waits. A nil Clock in a configuration means the machine's.
type Clock interface {
	Now() time.Time
	// After sends the time once d has passed. Nobody has to receive it.
	After(d time.Duration) <-chan time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func orSystem(c Clock) Clock {
	if c == nil {
		return systemClock{}
	}
	return c
}
