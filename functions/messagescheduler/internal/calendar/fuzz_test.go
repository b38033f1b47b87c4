package calendar_test

import (
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/calendar"
)

func FuzzParseAt(f *testing.F) {
	f.Add("2026-07-01T09:00:00+02:00", "Europe/Berlin")
	f.Add("2026-03-29T02:30", "Europe/Berlin")
	f.Add("9999-12-31T23:59", "Pacific/Kiritimati")
	f.Add("0000-01-01T00:00", "../../etc/passwd")
	f.Fuzz(func(t *testing.T, text, zone string) {
		got, err := calendar.ParseAt(text, zone)
		if err == nil && got.Location() != time.UTC {
			t.Errorf("%q in %q is not in UTC", text, zone)
		}
	})
}

func FuzzParseCron(f *testing.F) {
	f.Add("*/5 8-18 1,15 JAN-DEC MON-FRI")
	f.Add("@daily")
	f.Add("0 0 30 2 *")
	start := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, expression string) {
		rule, err := calendar.ParseCron(expression, zone(t, "Europe/Berlin"))
		if err != nil {
			return
		}
		if got, ok := rule.Next(start); ok && !got.After(start) {
			t.Errorf("%q yields %s after %s", expression, got, start)
		}
	})
}

func FuzzParseRecurrence(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")
	f.Add("RRULE:FREQ=DAILY;UNTIL=20270101T000000Z")
	f.Add("FREQ=YEARLY;BYWEEKNO=53;BYSETPOS=-366")
	f.Add("FREQ=MINUTELY;INTERVAL=10000;BYMONTH=2;BYMONTHDAY=30")
	start := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		rule, _, err := calendar.ParseRecurrence(text, start, zone(t, "Europe/Berlin"))
		if err != nil {
			return
		}
		if got, ok := rule.Next(start); ok && !got.After(start) {
			t.Errorf("%q yields %s after %s", text, got, start)
		}
	})
}
