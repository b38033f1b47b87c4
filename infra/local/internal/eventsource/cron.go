package eventsource

import (
	"fmt"
	"strconv"
	"strings"
)

// A cron is a parsed cron expression: minutes hours day-of-month month day-of-week year.
//
// It is written here because the usual libraries speak another dialect: they count Sunday as 0, combine the two day fields by
// "or", take the sixth field for seconds, and do not skip or repeat as AWS does when the clocks change.
//
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
type cron struct {
	minutes, hours, months values
	days                   dayRule
	years                  values // counted from firstYear
}

// values is a set of numbers from 0 to 255.
type values [4]uint64

func (v *values) add(n int)      { v[n/64] |= 1 << (n % 64) }
func (v *values) has(n int) bool { return v[n/64]&(1<<(n%64)) != 0 }

const firstYear, lastYear = 1970, 2199

// A dayRule decides on days, by day of the month or by day of the week.
type dayRule struct {
	kind dayKind
	set  values // of anyMonthDay (1 to 31) and anyWeekday (0, Sunday, to 6)
	day  int    // of nearestWeekday: 1 to 31; of lastWeekday and nthWeekday: 0 to 6
	nth  int    // of nthWeekday: 1 to 5
}

type dayKind int

const (
	anyMonthDay    dayKind = iota // 1,15
	lastMonthDay                  // L
	nearestWeekday                // 15W
	anyWeekday                    // MON-FRI
	lastWeekday                   // 6L
	nthWeekday                    // 3#2
)

// A cronField says what a field may hold.
type cronField struct {
	name     string
	min, max int
	names    []string // of min, min+1, ...
}

var (
	minuteField   = cronField{name: "minutes", max: 59}
	hourField     = cronField{name: "hours", max: 23}
	monthDayField = cronField{name: "day-of-month", min: 1, max: 31}
	monthField    = cronField{name: "month", min: 1, max: 12, names: strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")}
	weekdayField  = cronField{name: "day-of-week", min: 1, max: 7, names: strings.Fields("SUN MON TUE WED THU FRI SAT")}
	yearField     = cronField{name: "year", min: firstYear, max: lastYear}
)

// parseCron reads the six fields inside cron(...).
func parseCron(text string) (*cron, error) {
	fields := strings.Fields(strings.ToUpper(text))
	if len(fields) != 6 {
		return nil, fmt.Errorf("%d fields, not 6", len(fields))
	}
	c := &cron{}
	var err error
	if c.minutes, err = minuteField.parse(fields[0], 0); err != nil {
		return nil, err
	}
	if c.hours, err = hourField.parse(fields[1], 0); err != nil {
		return nil, err
	}
	if c.months, err = monthField.parse(fields[3], 0); err != nil {
		return nil, err
	}
	if c.years, err = yearField.parse(fields[5], firstYear); err != nil {
		return nil, err
	}
	if (fields[2] == "?") == (fields[4] == "?") {
		return nil, fmt.Errorf("exactly one of day-of-month %q and day-of-week %q must be ?", fields[2], fields[4])
	}
	if fields[4] == "?" {
		c.days, err = parseMonthDay(fields[2])
	} else {
		c.days, err = parseWeekday(fields[4])
	}
	return c, err
}

// parse reads a list of values, ranges and steps into a set; offset is subtracted from each number.
func (f cronField) parse(text string, offset int) (values, error) {
	var set values
	for part := range strings.SplitSeq(text, ",") {
		from, to, step, err := f.part(part)
		if err != nil {
			return values{}, fmt.Errorf("%s %q: %w", f.name, text, err)
		}
		for n := from; n <= to; n += step {
			set.add(n - offset)
		}
	}
	return set, nil
}

// part reads * or n or n-m, each with or without /step. n/step runs to the end of the field.
func (f cronField) part(text string) (from, to, step int, err error) {
	text, stepText, stepped := strings.Cut(text, "/")
	step = 1
	if stepped {
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
			return 0, 0, 0, fmt.Errorf("step %q is not a positive number", stepText)
		}
	}
	if text == "*" {
		return f.min, f.max, step, nil
	}
	fromText, toText, ranged := strings.Cut(text, "-")
	if from, err = f.number(fromText); err != nil {
		return 0, 0, 0, err
	}
	switch {
	case ranged:
		if to, err = f.number(toText); err != nil {
			return 0, 0, 0, err
		}
		if to < from {
			return 0, 0, 0, fmt.Errorf("range %s ends before it begins", text)
		}
	case stepped:
		to = f.max
	default:
		to = from
	}
	return from, to, step, nil
}

func (f cronField) number(text string) (int, error) {
	for i, name := range f.names {
		if name == text {
			return f.min + i, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < f.min || n > f.max || strings.HasPrefix(text, "+") {
		return 0, fmt.Errorf("%q is not within %d to %d", text, f.min, f.max)
	}
	return n, nil
}

// parseMonthDay reads L, nW or a list of days.
func parseMonthDay(text string) (dayRule, error) {
	if text == "L" {
		return dayRule{kind: lastMonthDay}, nil
	}
	if day, found := strings.CutSuffix(text, "W"); found {
		n, err := monthDayField.number(day)
		if err != nil {
			return dayRule{}, fmt.Errorf("day-of-month %q: %w", text, err)
		}
		return dayRule{kind: nearestWeekday, day: n}, nil
	}
	set, err := monthDayField.parse(text, 0)
	return dayRule{kind: anyMonthDay, set: set}, err
}

// parseWeekday reads L (Saturday), nL, n#m or a list of days; 1 is Sunday.
func parseWeekday(text string) (dayRule, error) {
	if text == "L" {
		rule := dayRule{kind: anyWeekday}
		rule.set.add(6)
		return rule, nil
	}
	if day, nth, found := strings.Cut(text, "#"); found {
		n, err := weekdayField.number(day)
		if err != nil {
			return dayRule{}, fmt.Errorf("day-of-week %q: %w", text, err)
		}
		m, err := strconv.Atoi(nth)
		if err != nil || m < 1 || m > 5 {
			return dayRule{}, fmt.Errorf("day-of-week %q: %q is not within 1 to 5", text, nth)
		}
		return dayRule{kind: nthWeekday, day: n - 1, nth: m}, nil
	}
	if day, found := strings.CutSuffix(text, "L"); found {
		n, err := weekdayField.number(day)
		if err != nil {
			return dayRule{}, fmt.Errorf("day-of-week %q: %w", text, err)
		}
		return dayRule{kind: lastWeekday, day: n - 1}, nil
	}
	set, err := weekdayField.parse(text, 1)
	return dayRule{kind: anyWeekday, set: set}, err
}
