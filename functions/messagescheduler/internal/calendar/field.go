package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// A field is the set of values that one field of a cron expression allows.
type field struct {
	values uint64 // bit n: n is allowed
	star   bool   // begins with *: restricts nothing where days are combined
}

func (f field) has(n int) bool { return f.values&(1<<n) != 0 }

// A span is the range of values that a field allows.
type span struct {
	name     string
	low, top int
	names    map[string]int
}

var spans = []span{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, numbered(1, "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")},
	{"day of week", 0, 7, numbered(0, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")},
}

func numbered(first int, names ...string) map[string]int {
	numbers := map[string]int{}
	for i, name := range names {
		numbers[name] = first + i
	}
	return numbers
}

// parse parses a list of parts: *, a value, a range, each with an optional step.
func (s span) parse(text string) (field, error) {
	f := field{star: strings.HasPrefix(text, "*")}
	for part := range strings.SplitSeq(text, ",") {
		from, to, step, err := s.part(part)
		if err != nil {
			return field{}, fmt.Errorf("%w: %s %q: %w", ErrCron, s.name, text, err)
		}
		for n := from; n <= to; n += step {
			f.values |= 1 << n
		}
	}
	return f, nil
}

func (s span) part(text string) (from, to, step int, err error) {
	rest, stepText, stepped := strings.Cut(text, "/")
	step = 1
	if stepped {
		if step, err = number(stepText); err != nil || step < 1 {
			return 0, 0, 0, fmt.Errorf("%q is not a step", stepText)
		}
	}
	if rest == "*" {
		return s.low, s.top, step, nil
	}
	first, last, ranged := strings.Cut(rest, "-")
	if from, err = s.value(first); err != nil {
		return 0, 0, 0, err
	}
	to = from
	switch {
	case ranged:
		if to, err = s.value(last); err != nil {
			return 0, 0, 0, err
		}
	case stepped: // 5/15 runs from 5 on
		to = s.top
	}
	if from > to {
		return 0, 0, 0, fmt.Errorf("%d is after %d", from, to)
	}
	return from, to, step, nil
}

func (s span) value(text string) (int, error) {
	if n, ok := s.names[strings.ToUpper(text)]; ok {
		return n, nil
	}
	n, err := number(text)
	if err != nil || n < s.low || n > s.top {
		return 0, fmt.Errorf("%q is not between %d and %d", text, s.low, s.top)
	}
	return n, nil
}

// number accepts digits only: strconv accepts signs too.
func number(text string) (int, error) {
	if text == "" || len(text) > 4 || strings.Trim(text, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(text)
}
