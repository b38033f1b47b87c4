package calendar

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// A Cron is a cron expression of five fields (minute, hour, day of month, month, day of week) in a time zone.
type Cron struct {
	minute, hour, day, month, weekday field
	loc                               *time.Location
}

var shorthands = map[string]string{
	"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
}

// ParseCron parses an expression: numbers, names (JAN, MON), *, lists, ranges and steps, or a shorthand such as @daily.
// As in cron, a day matches either of day of month and day of week when neither begins with *.
func ParseCron(expression string, loc *time.Location) (*Cron, error) {
	text := strings.TrimSpace(expression)
	if full, ok := shorthands[strings.ToLower(text)]; ok {
		text = full
	}
	texts := strings.Fields(text)
	if len(texts) != len(spans) {
		return nil, fmt.Errorf("%w: %q has %d fields, not minute, hour, day of month, month, day of week", ErrCron, expression, len(texts))
	}
	c := &Cron{loc: loc}
	for i, into := range []*field{&c.minute, &c.hour, &c.day, &c.month, &c.weekday} {
		f, err := spans[i].parse(texts[i])
		if err != nil {
			return nil, err
		}
		*into = f
	}
	if c.weekday.has(7) { // Sunday has two numbers
		c.weekday.values |= 1
	}
	return c, nil
}

// Next implements Rule. It checks the wall clock's days one by one, from the day before t's, because a gap may push an
// occurrence to the next day.
func (c *Cron) Next(t time.Time) (time.Time, bool) {
	wall := Wall(t, c.loc)
	first := time.Date(wall.Year(), wall.Month(), wall.Day()-1, 0, 0, 0, 0, time.UTC)
	var best time.Time
	for day := first; day.Sub(first) < Horizon; day = day.AddDate(0, 0, 1) {
		if !best.IsZero() && day.After(Wall(best, c.loc)) {
			return best, true
		}
		if !c.matches(day) {
			continue
		}
		if found, ok := c.firstAfter(t, day); ok && (best.IsZero() || found.Before(best)) {
			best = found
		}
	}
	return best, !best.IsZero()
}

func (c *Cron) matches(day time.Time) bool {
	if !c.month.has(int(day.Month())) {
		return false
	}
	onDay, onWeekday := c.day.has(day.Day()), c.weekday.has(int(day.Weekday()))
	if c.day.star || c.weekday.star {
		return onDay && onWeekday
	}
	return onDay || onWeekday
}

// firstAfter returns the first occurrence after t among those of one day.
func (c *Cron) firstAfter(t, day time.Time) (time.Time, bool) {
	var found []time.Time
	for hour := range 24 {
		if !c.hour.has(hour) {
			continue
		}
		for minute := range 60 {
			if c.minute.has(minute) {
				found = append(found, c.occurrences(day.Add(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute))...)
			}
		}
	}
	found = slices.DeleteFunc(found, func(o time.Time) bool { return !o.After(t) })
	if len(found) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(found, time.Time.Compare), true
}

// occurrences returns the instants of a wall time: all of them if c runs every hour, otherwise the one that it resolves
// to.
func (c *Cron) occurrences(wall time.Time) []time.Time {
	if bits.OnesCount64(c.hour.values) == 24 {
		return Instants(wall, c.loc)
	}
	return []time.Time{Resolve(wall, c.loc)}
}
