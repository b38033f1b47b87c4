package eventbridge

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A schedule returns the first time after t at which a rule fires; the zero Time if there is none.
type schedule func(t time.Time) time.Time

// parseExpression parses rate(...) or cron(...). A rate counts from now.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
func parseExpression(text string, now time.Time) (schedule, error) {
	kind, rest, _ := strings.Cut(text, "(")
	inside, closed := strings.CutSuffix(rest, ")")
	var s schedule
	err := fmt.Errorf("must be rate(...) or cron(...)")
	switch {
	case closed && kind == "rate":
		s, err = parseRate(inside, now)
	case closed && kind == "cron":
		s, err = parseCron(inside)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrInvalidExpression, text, err)
	}
	return s, nil
}

var rateUnits = map[string]time.Duration{
	"minute": time.Minute, "minutes": time.Minute, "hour": time.Hour, "hours": time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

// parseRate parses "5 minutes". A day is 24 hours.
func parseRate(text string, origin time.Time) (schedule, error) {
	count, unit, found := strings.Cut(text, " ")
	n, err := strconv.Atoi(count)
	if !found || err != nil || n < 1 || n > 1_000_000 || rateUnits[unit] == 0 {
		return nil, fmt.Errorf("rate %q is not a positive number and minutes, hours or days", text)
	}
	if (n == 1) == strings.HasSuffix(unit, "s") {
		return nil, fmt.Errorf("the unit is singular for 1 and plural otherwise")
	}
	rate := time.Duration(n) * rateUnits[unit]
	return func(t time.Time) time.Time {
		return origin.Add((t.Sub(origin)/rate + 1) * rate)
	}, nil
}
