package schedule

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/calendar"
)

// A timing is a message's due time and its repeat.
type timing struct {
	due      time.Time
	timezone string
	repeat   *Repeat
}

// hasTime reports whether a request has any field about time.
func (r Request) hasTime() bool {
	return r.ScheduleOn != nil || r.At != nil || r.Repeat != nil || r.RemoveRepeat || r.Timezone != nil
}

// timing resolves the due time. Without a time of its own, a repeat starts with its first occurrence after now.
func (r Request) timing(now time.Time) (timing, error) {
	t := timing{}
	if r.Timezone != nil {
		if _, err := calendar.Zone(*r.Timezone); err != nil {
			return t, Invalid("timezone", *r.Timezone, "a name of the IANA time zone database, such as Europe/Berlin")
		}
		t.timezone = *r.Timezone
	}
	start, given, err := r.start(now, t.timezone)
	if err != nil {
		return t, err
	}
	if !given && r.Repeat == nil {
		return t, Invalid("schedule_on", "", "schedule_on (milliseconds since the epoch), at or repeat is required")
	}
	t.due = start
	if r.Repeat == nil {
		return t, nil
	}
	if t.repeat, err = r.Repeat.resolve(start, t.timezone); err != nil {
		return t, err
	}
	return t, t.first(start, given)
}

// first moves the due time to the first occurrence at or after start.
func (t *timing) first(start time.Time, given bool) error {
	from := start
	if given {
		from = start.Add(-time.Millisecond)
	}
	rule, err := t.repeat.rule()
	if err != nil {
		return repeatError(t.repeat, err)
	}
	if checked, ok := rule.(interface{ Check(time.Time) error }); ok {
		if err := checked.Check(from); err != nil {
			return repeatError(t.repeat, err)
		}
	}
	next, ok, err := t.repeat.Next(from, 0)
	if err != nil {
		return repeatError(t.repeat, err)
	}
	if !ok {
		return Invalid("repeat", t.repeat.text(), "has no occurrence within ten years and before its end")
	}
	t.due = next.Truncate(time.Millisecond)
	return nil
}

// start returns the time that a request names, or now.
func (r Request) start(now time.Time, zone string) (start time.Time, given bool, err error) {
	switch {
	case r.ScheduleOn != nil:
		start = time.UnixMilli(*r.ScheduleOn).UTC()
		return start, true, checkTime("schedule_on", strconv.FormatInt(*r.ScheduleOn, 10), start, now)
	case r.At != nil:
		start, err = calendar.ParseAt(*r.At, zone)
		if err != nil {
			return start, true, Invalid("at", *r.At, atRule(err))
		}
		start = start.Truncate(time.Millisecond)
		return start, true, checkTime("at", *r.At, start, now)
	default:
		return now.UTC().Truncate(time.Second), false, nil
	}
}

func atRule(err error) string {
	if errors.Is(err, calendar.ErrOffset) {
		return "the offset must be the time zone's at that time"
	}
	return "RFC 3339 with an offset, or a local time with timezone"
}

// checkTime refuses a time further past than PastAllowed, which is a mistake rather than late.
func checkTime(field, value string, t, now time.Time) error {
	if t.Before(now.Add(-contract.PastAllowed)) {
		return Invalid(field, value, fmt.Sprintf("at most %s in the past", contract.PastAllowed))
	}
	if t.After(now.Add(contract.MaxAhead)) {
		return Invalid(field, value, "at most ten years ahead")
	}
	return nil
}

func (p *RepeatRequest) resolve(start time.Time, outer string) (*Repeat, error) {
	repeat := &Repeat{Timezone: outer, Start: start}
	if p.Timezone != nil {
		repeat.Timezone = *p.Timezone
	}
	loc, err := calendar.Zone(repeat.Timezone)
	if err != nil {
		return nil, Invalid("repeat.timezone", repeat.Timezone, "a name of the IANA time zone database, such as Europe/Berlin")
	}
	if repeat.Timezone == "" {
		repeat.Timezone = "UTC"
	}
	if p.Until != nil {
		until, err := calendar.ParseAt(*p.Until, repeat.Timezone)
		if err != nil {
			return nil, Invalid("repeat.until", *p.Until, atRule(err))
		}
		repeat.Until = &until
	}
	if p.Cron != nil {
		repeat.Cron = *p.Cron
		if _, err := calendar.ParseCron(*p.Cron, loc); err != nil {
			return nil, repeatError(repeat, err)
		}
	} else {
		repeat.RRule = *p.RRule
		_, count, err := calendar.ParseRecurrence(*p.RRule, start, loc)
		if err != nil {
			return nil, repeatError(repeat, err)
		}
		repeat.Count = count
	}
	if p.Count != nil {
		repeat.Count = int(*p.Count)
	}
	return repeat, nil
}

func (r *Repeat) text() string { return r.Cron + r.RRule }

// repeatError names the rule's field, with the calendar's error as the rule that it breaks.
func repeatError(r *Repeat, err error) error {
	field := "repeat.rrule"
	if r.Cron != "" {
		field = "repeat.cron"
	}
	return Invalid(field, r.text(), err.Error())
}
