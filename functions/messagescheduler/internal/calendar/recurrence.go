package calendar

import (
	"fmt"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// A Recurrence is a rule of RFC 5545, section 3.3.10, that starts at an instant and follows the wall clock of a zone.
//
// The rule is evaluated on wall times, and this package resolves each of them, because the library's own arithmetic
// does not define what happens to times that a change of the clock skips or repeats.
type Recurrence struct {
	option rrule.ROption // Dtstart and Until are wall times
	loc    *time.Location
	hourly bool // or more often
}

// maxSteps bounds the occurrences that Next iterates over.
const maxSteps = 200_000

// ParseRecurrence parses a rule such as FREQ=WEEKLY;BYDAY=MO,WE. It returns COUNT apart: the caller, who stores the
// rule, counts. start is DTSTART: intervals count from it, and it sets the time of day.
func ParseRecurrence(text string, start time.Time, loc *time.Location) (rule *Recurrence, count int, err error) {
	text = strings.TrimPrefix(strings.TrimSpace(strings.ToUpper(text)), "RRULE:")
	if strings.ContainsAny(text, "\r\n") || strings.Contains(text, "DTSTART") || strings.Contains(text, "TZID") {
		return nil, 0, fmt.Errorf("%w: %q: one rule is wanted, without DTSTART", ErrRule, text)
	}
	option, err := rrule.StrToROption(text)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %q: %w", ErrRule, text, err)
	}
	if option.Freq == rrule.SECONDLY || len(option.Bysecond) > 0 {
		return nil, 0, fmt.Errorf("%w: %q", ErrTooFast, text)
	}
	if len(option.Byeaster) > 0 || option.Count < 0 || option.Interval < 0 || option.Interval > 10_000 {
		return nil, 0, fmt.Errorf("%w: %q", ErrRule, text)
	}
	r := &Recurrence{option: *option, loc: loc, hourly: option.Freq == rrule.HOURLY || option.Freq == rrule.MINUTELY}
	r.option.Count = 0
	r.option.Dtstart = Wall(start, loc).Truncate(time.Second)
	if !option.Until.IsZero() && strings.Contains(untilOf(text), "Z") {
		r.option.Until = Wall(option.Until, loc)
	}
	if _, err := rrule.NewRRule(r.option); err != nil {
		return nil, 0, fmt.Errorf("%w: %q: %w", ErrRule, text, err)
	}
	return r, option.Count, nil
}

// untilOf parses UNTIL, which is an instant if it ends with Z and a wall time otherwise.
func untilOf(text string) string {
	_, rest, _ := strings.Cut(text, "UNTIL=")
	until, _, _ := strings.Cut(rest, ";")
	return until
}

// Next implements Rule.
func (r *Recurrence) Next(t time.Time) (time.Time, bool) {
	next, ok, err := r.search(t)
	return next, ok && err == nil
}

// Check returns ErrTooMany if the rule yields too many occurrences to search.
func (r *Recurrence) Check(t time.Time) error {
	_, _, err := r.search(t)
	return err
}

// search iterates over the wall times from shortly before t, as long as one may be earlier than the best so far.
func (r *Recurrence) search(t time.Time) (best time.Time, ok bool, err error) {
	from := Wall(t, r.loc).Add(-reach)
	rule, err := rrule.NewRRule(r.bounded(from))
	if err != nil {
		return best, false, fmt.Errorf("%w: %w", ErrRule, err)
	}
	next := rule.Iterator()
	for range maxSteps {
		wall, more := next()
		if !more || (!best.IsZero() && wall.After(Wall(best, r.loc).Add(reach/8))) {
			return best, !best.IsZero(), nil
		}
		if wall.Before(from) {
			continue
		}
		for _, at := range r.occurrences(wall) {
			if at.After(t) && (best.IsZero() || at.Before(best)) {
				best = at
			}
		}
	}
	return best, false, fmt.Errorf("%w: more than %d", ErrTooMany, maxSteps)
}

// bounded ends the search at the horizon and, for rules that run often, starts it near from: whole intervals later, so
// that it yields the same occurrences.
func (r *Recurrence) bounded(from time.Time) rrule.ROption {
	option := r.option
	if limit := from.Add(Horizon); option.Until.IsZero() || option.Until.After(limit) {
		option.Until = limit
	}
	if !r.hourly {
		return option
	}
	unit := time.Hour
	if option.Freq == rrule.MINUTELY {
		unit = time.Minute
	}
	unit *= time.Duration(max(option.Interval, 1))
	if ahead := from.Sub(option.Dtstart); ahead > unit {
		option.Dtstart = option.Dtstart.Add(ahead.Truncate(unit))
	}
	return option
}

func (r *Recurrence) occurrences(wall time.Time) []time.Time {
	if r.hourly {
		return Instants(wall, r.loc)
	}
	return []time.Time{Resolve(wall, r.loc)}
}
