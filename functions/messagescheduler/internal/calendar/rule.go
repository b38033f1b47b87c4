package calendar

import "time"

// A Rule yields the occurrences of something that repeats.
type Rule interface {
	// Next is the first occurrence after t, false if there is none within Horizon.
	Next(t time.Time) (time.Time, bool)
}

// Horizon is how far a rule is searched: far enough for the 29th of February on a given weekday once in a while.
const Horizon = 10 * 366 * 24 * time.Hour

var (
	_ Rule = (*Cron)(nil)
	_ Rule = (*Recurrence)(nil)
)
