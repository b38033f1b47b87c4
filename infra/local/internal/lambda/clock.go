package lambda

import "time"

// Clock tells the time and waits. The zero Config uses the machine's.
type Clock interface {
	Now() time.Time
	// After sends the time once d has passed. Nobody has to receive it.
	After(d time.Duration) <-chan time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
