package eventsource

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An expression is a parsed schedule expression: one of rate, cron and at.
type expression struct {
	rate time.Duration
	cron *cron
	at   time.Time
	zone *time.Location
}

// parseRuleExpression reads what an EventBridge rule takes: rate and cron, in UTC.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
func parseRuleExpression(text string) (expression, error) {
	if strings.HasPrefix(text, "at(") {
		return expression{}, fmt.Errorf("%w: %s: a rule takes rate and cron only", ErrInvalidExpression, text)
	}
	e, err := parseExpression(text, time.UTC)
	if err == nil && e.rate > 0 && strings.HasSuffix(text, "s)") == strings.HasPrefix(text, "rate(1 ") {
		// "rate(1 hours)" and "rate(5 hour)" are not valid.
		return expression{}, fmt.Errorf("%w: %s: the unit is singular for 1 and plural otherwise", ErrInvalidExpression, text)
	}
	return e, err
}

// parseExpression reads what EventBridge Scheduler takes, in a time zone.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
func parseExpression(text string, zone *time.Location) (expression, error) {
	kind, rest, _ := strings.Cut(text, "(")
	inside, closed := strings.CutSuffix(rest, ")")
	e := expression{zone: zone}
	var err error
	switch {
	case !closed:
		err = fmt.Errorf("it is none of rate(...), cron(...) and at(...)")
	case kind == "rate":
		e.rate, err = parseRate(inside)
	case kind == "cron":
		e.cron, err = parseCron(inside)
	case kind == "at":
		e.at, err = time.ParseInLocation("2006-01-02T15:04:05", inside, zone)
	default:
		err = fmt.Errorf("it is none of rate(...), cron(...) and at(...)")
	}
	if err != nil {
		return expression{}, fmt.Errorf("%w: %s: %w", ErrInvalidExpression, text, err)
	}
	return e, nil
}

var rateUnits = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// parseRate reads "5 minutes". A day is 24 hours, whatever the clocks do.
func parseRate(text string) (time.Duration, error) {
	count, unitText, found := strings.Cut(text, " ")
	n, err := strconv.Atoi(count)
	unit := rateUnits[strings.TrimSuffix(unitText, "s")]
	if !found || err != nil || n < 1 || unit == 0 || n > 1_000_000 {
		return 0, fmt.Errorf("rate %q is not a positive number and minutes, hours or days", text)
	}
	return time.Duration(n) * unit, nil
}

// next gives the first time after t; the zero Time if there is none. A rate counts from origin, which is its first time.
func (e expression) next(t, origin time.Time) time.Time {
	switch {
	case e.cron != nil:
		return e.cron.next(t.In(e.zone))
	case e.rate > 0 && t.Before(origin):
		return origin
	case e.rate > 0:
		return origin.Add((t.Sub(origin)/e.rate + 1) * e.rate)
	case e.at.After(t):
		return e.at
	}
	return time.Time{}
}
