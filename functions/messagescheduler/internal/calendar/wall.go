package calendar

import (
	"slices"
	"time"
)

// reach exceeds every zone's offset from UTC, and every change of a clock since 1970.
const reach = 26 * time.Hour

// Wall returns what the clock of loc shows at t, as a time in UTC with the same fields.
func Wall(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// Instants returns all instants at which the clock of loc shows wall, in order: none if the clock skips it, two if the
// clock repeats it.
func Instants(wall time.Time, loc *time.Location) []time.Time {
	var found []time.Time
	for _, p := range periods(wall, loc) {
		if t := wall.Add(-p.offset); !t.Before(p.start) && t.Before(p.end) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return found
}

// Resolve returns the instant of wall: the first one, or in a gap the one that the offset before the gap gives.
func Resolve(wall time.Time, loc *time.Location) time.Time {
	if found := Instants(wall, loc); len(found) > 0 {
		return found[0]
	}
	around := periods(wall, loc)
	for i, p := range around[:len(around)-1] {
		if t := wall.Add(-p.offset); !t.Before(p.end) && wall.Add(-around[i+1].offset).Before(p.end) {
			return t
		}
	}
	return wall.Add(-around[0].offset) // unreachable: a wall time occurs or lies in a gap
}

// A period is a time span in which a zone's offset does not change.
type period struct {
	start, end time.Time
	offset     time.Duration
}

// The first and the last period of a zone are bounded by these.
var (
	always  = time.Date(-9999, 1, 1, 0, 0, 0, 0, time.UTC)
	forever = time.Date(19999, 1, 1, 0, 0, 0, 0, time.UTC)
)

// periods returns the periods that may contain wall.
func periods(wall time.Time, loc *time.Location) []period {
	wall = Wall(wall, time.UTC)
	var found []period
	for at := wall.Add(-reach); ; {
		_, seconds := at.In(loc).Zone()
		start, end := at.In(loc).ZoneBounds()
		if start.IsZero() {
			start = always
		}
		if end.IsZero() {
			end = forever
		}
		found = append(found, period{start.UTC(), end.UTC(), time.Duration(seconds) * time.Second})
		if end.After(wall.Add(reach)) {
			return found
		}
		at = end
	}
}
