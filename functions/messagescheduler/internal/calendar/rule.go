package calendar

import "time"

// A Rule yields the occurrences of a repeat.
type Rule interface {
	// Next returns the first occurrence after t, and false if there is none within Horizon.
	Next(t time.Time) (time.Time, bool)
}

// Horizon is how far a rule is searched: far enough for a 29th of February on a given weekday.
const Horizon = 10 * 366 * 24 * time.Hour

var (
	_ Rule = (*Cron)(nil)
	_ Rule = (*Recurrence)(nil)
)
