package eventbridge

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/adhocore/gronx"
)

// cronFields are the fields of cron(...), in order.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions
var cronFields = [...]string{"minutes", "hours", "day-of-month", "month", "day-of-week", "year"}

// weekdayNumber finds the numbers of days in a day-of-week field: not those after # (the week) or / (the step).
var weekdayNumber = regexp.MustCompile(`(^|[,-])\d+`)

// parseCron parses the six fields inside cron(...). gronx finds the times; what differs is that EventBridge has no seconds,
// counts Sunday as 1, and wants ? in one of the two day fields.
func parseCron(text string) (schedule, error) {
	fields := strings.Fields(strings.ToUpper(text))
	if len(fields) != len(cronFields) {
		return nil, fmt.Errorf("%d fields, not 6", len(fields))
	}
	if (fields[2] == "?") == (fields[4] == "?") {
		return nil, fmt.Errorf("exactly one of day-of-month %q and day-of-week %q must be ?", fields[2], fields[4])
	}
	if fields[4] == "L" {
		fields[4] = "7"
	}
	translated := append([]string{"0"}, fields...)
	translated[5] = weekdayNumber.ReplaceAllStringFunc(fields[4], func(s string) string {
		digits := strings.TrimLeft(s, ",-")
		day, _ := strconv.Atoi(digits)
		if day > 7 { // gronx knows no day 8
			day++
		}
		return strings.TrimSuffix(s, digits) + strconv.Itoa(day-1)
	})
	expression := strings.Join(translated, " ")
	segments, err := gronx.Segments(expression)
	if err != nil {
		return nil, err
	}
	for i, name := range cronFields {
		if err := validateCron(segments[i+1], i+1); err != nil {
			return nil, fmt.Errorf("%s %q: %w", name, fields[i], err)
		}
	}
	return func(t time.Time) time.Time {
		next, err := gronx.NextTickAfter(expression, t.UTC(), false)
		if err != nil || !next.After(t) { // none within the years gronx looks ahead, or t was the last
			return time.Time{}
		}
		return next
	}, nil
}

// Forms that gronx takes with any number: the nth weekday of the month, and the weekday nearest to a day.
var special = regexp.MustCompile(`^(\d+#[1-5]|([1-9]|[12]\d|3[01])W)$`)

// validateCron checks each part of a list, as gronx stops at the first that holds now.
func validateCron(field string, position int) error {
	var checker gronx.SegmentChecker
	for part := range strings.SplitSeq(field, ",") {
		_, err := checker.CheckDue(part, position)
		if err != nil || strings.ContainsAny(part, "#W") && !special.MatchString(part) {
			return fmt.Errorf("%q is out of range or malformed", part)
		}
	}
	return nil
}
