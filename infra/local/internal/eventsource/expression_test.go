package eventsource

import (
	"errors"
	"testing"
	"time"
)

func at(t *testing.T, zone, text string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := time.ParseInLocation("2006-01-02 15:04", text, location)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestCron(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, cron, after string
		want              []string
	}{
		{"every day at ten", "0 10 * * ? *", "2026-01-01 10:00", []string{"2026-01-02 10:00", "2026-01-03 10:00"}},
		{"every fifteen minutes", "0/15 * * * ? *", "2026-01-01 23:20", []string{"2026-01-01 23:30", "2026-01-01 23:45", "2026-01-02 00:00"}},
		{"with a star before the step", "*/20 * * * ? *", "2026-01-01 00:00", []string{"2026-01-01 00:20", "2026-01-01 00:40", "2026-01-01 01:00"}},
		{"every tenth minute from the first", "1/10 * * * ? *", "2026-01-01 00:41", []string{"2026-01-01 00:51", "2026-01-01 01:01"}},
		{"a step within a range", "10-30/10 5 * * ? *", "2026-01-01 00:00", []string{"2026-01-01 05:10", "2026-01-01 05:20", "2026-01-01 05:30", "2026-01-02 05:10"}},
		{"on weekdays", "0 18 ? * MON-FRI *", "2026-01-02 18:00", []string{"2026-01-05 18:00", "2026-01-06 18:00"}},
		{"Sunday is 1", "0 0 ? * 1 *", "2026-01-01 00:00", []string{"2026-01-04 00:00", "2026-01-11 00:00"}},
		{"Saturday is 7", "0 0 ? * 7 *", "2026-01-01 00:00", []string{"2026-01-03 00:00"}},
		{"L is Saturday among weekdays", "0 0 ? * L *", "2026-01-01 00:00", []string{"2026-01-03 00:00", "2026-01-10 00:00"}},
		{"the last day of the month", "0 0 L * ? *", "2027-12-31 00:00", []string{"2028-01-31 00:00", "2028-02-29 00:00", "2028-03-31 00:00"}},
		{"the last Friday", "0 10 ? * 6L 2026", "2026-01-01 00:00", []string{"2026-01-30 10:00", "2026-02-27 10:00"}},
		{"the last Friday by name", "0 10 ? * FRIL 2026", "2026-01-01 00:00", []string{"2026-01-30 10:00"}},
		{"the second Tuesday", "0 0 ? * 3#2 *", "2026-01-01 00:00", []string{"2026-01-13 00:00", "2026-02-10 00:00"}},
		{"a fifth Monday is not in each month", "0 0 ? * MON#5 *", "2026-01-01 00:00", []string{"2026-03-30 00:00", "2026-06-29 00:00"}},
		{"the weekday nearest to a Saturday", "0 0 15W 8 ? *", "2026-01-01 00:00", []string{"2026-08-14 00:00"}},
		{"the weekday nearest to a Sunday", "0 0 15W 2 ? 2026", "2026-01-01 00:00", []string{"2026-02-16 00:00"}},
		{"the nearest weekday stays in the month at its start", "0 0 1W 8 ? 2026", "2026-01-01 00:00", []string{"2026-08-03 00:00"}},
		{"the nearest weekday stays in the month at its end", "0 0 31W 5 ? 2026", "2026-01-01 00:00", []string{"2026-05-29 00:00"}},
		{"months without a 31st have no nearest weekday to it", "0 0 31W * ? *", "2026-01-31 00:00", []string{"2026-03-31 00:00"}},
		{"months by name and years", "0 0 1 JAN,JUL ? 2026-2027", "2026-01-01 00:00", []string{"2026-07-01 00:00", "2027-01-01 00:00", "2027-07-01 00:00", ""}},
		{"only in leap years", "0 0 29 2 ? *", "2096-03-01 00:00", []string{"2104-02-29 00:00"}},
		{"a year that has passed", "0 0 1 1 ? 2020", "2026-01-01 00:00", []string{""}},
		{"a day that never comes", "0 0 31 2 ? *", "2026-01-01 00:00", []string{""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkTimes(t, c.cron, "UTC", c.after, c.want)
		})
	}
}

// checkTimes compares the times of a cron expression in a zone with want, where "" is the end.
func checkTimes(t *testing.T, cron, zone, after string, want []string) {
	t.Helper()
	now := at(t, zone, after)
	e, err := parseExpression("cron("+cron+")", now.Location())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range want {
		next := e.next(now, time.Time{})
		if text == "" {
			if !next.IsZero() {
				t.Errorf("%s comes after the end", next)
			}
			return
		}
		if got := next.Format("2006-01-02 15:04"); got != text {
			t.Fatalf("after %s comes %s, not %s", now, next, text)
		}
		now = next
	}
}

func TestCronWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, cron, zone, after string
		want                    []string
	}{
		{"a time that does not exist is skipped", "30 2 * * ? *", "America/New_York", "2026-03-07 02:30", []string{"2026-03-09 02:30"}},
		{"hourly goes over the gap", "0 * * * ? *", "America/New_York", "2026-03-08 00:30", []string{"2026-03-08 01:00", "2026-03-08 03:00"}},
		{"a midnight that does not exist is skipped", "0 0 * * ? *", "America/Santiago", "2026-09-05 12:00", []string{"2026-09-07 00:00"}},
		{"a time that comes twice counts once", "30 1 * * ? *", "America/New_York", "2026-10-31 12:00", []string{"2026-11-01 01:30", "2026-11-02 01:30"}},
		{
			"each quarter of the hour that comes twice counts once", "0/30 1-2 * * ? *", "Europe/Berlin", "2026-10-25 01:00",
			[]string{"2026-10-25 01:30", "2026-10-25 02:00", "2026-10-25 02:30", "2026-10-26 01:00"},
		},
		{"half an hour's change is followed", "45 1 * * ? *", "Australia/Lord_Howe", "2026-04-04 12:00", []string{"2026-04-05 01:45", "2026-04-06 01:45"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkTimes(t, c.cron, c.zone, c.after, c.want)
		})
	}
	for _, c := range []struct{ cron, zone, after, want string }{
		{"30 1 * * ? *", "America/New_York", "2026-11-01 00:00", "2026-11-01T05:30:00Z"},    // 01:30 EDT; 01:30 EST would be 06:30Z
		{"30 2 * * ? *", "Europe/Berlin", "2026-10-25 00:00", "2026-10-25T00:30:00Z"},       // 02:30 CEST; 02:30 CET would be 01:30Z
		{"45 1 * * ? *", "Australia/Lord_Howe", "2026-04-05 00:00", "2026-04-04T14:45:00Z"}, // +11; +10:30 would be 15:15Z
	} {
		t.Run("the first of two equal local times is taken in "+c.zone, func(t *testing.T) {
			t.Parallel()
			now := at(t, c.zone, c.after)
			e, err := parseExpression("cron("+c.cron+")", now.Location())
			if err != nil {
				t.Fatal(err)
			}
			if got := e.next(now, time.Time{}).UTC().Format(time.RFC3339); got != c.want {
				t.Errorf("it comes at %s, not %s", got, c.want)
			}
		})
	}
	t.Run("a rate in days is 24 hours", func(t *testing.T) {
		t.Parallel()
		now := at(t, "America/New_York", "2026-03-07 12:00")
		e, err := parseExpression("rate(1 day)", now.Location())
		if err != nil {
			t.Fatal(err)
		}
		if got := e.next(now, now).Format("2006-01-02 15:04"); got != "2026-03-08 13:00" {
			t.Errorf("it comes at %s", got)
		}
	})
}

func TestExpressionsThatAreRefused(t *testing.T) {
	t.Parallel()
	rule := func(s string) error { _, err := parseRuleExpression(s); return err }
	schedule := func(s string) error { _, err := parseExpression(s, time.UTC); return err }
	cases := []struct {
		parse      func(string) error
		text, want string
	}{
		{rule, "rate(1 minutes)", "the unit is singular for 1 and plural otherwise"},
		{rule, "rate(5 minute)", "the unit is singular for 1 and plural otherwise"},
		{rule, "at(2026-01-01T00:00:00)", "a rule takes rate and cron only"},
		{schedule, "rate(0 minutes)", `rate "0 minutes" is not a positive number and minutes, hours or days`},
		{schedule, "rate(5 seconds)", `rate "5 seconds" is not a positive number and minutes, hours or days`},
		{schedule, "rate(5)", `rate "5" is not a positive number and minutes, hours or days`},
		{schedule, "every day", "it is none of rate(...), cron(...) and at(...)"},
		{schedule, "daily(1)", "it is none of rate(...), cron(...) and at(...)"},
		{schedule, "cron(* * * * *)", "5 fields, not 6"},
		{schedule, "cron(* * * * * *)", `exactly one of day-of-month "*" and day-of-week "*" must be ?`},
		{schedule, "cron(* * ? * ? *)", `exactly one of day-of-month "?" and day-of-week "?" must be ?`},
		{schedule, "cron(60 * * * ? *)", `minutes "60": "60" is not within 0 to 59`},
		{schedule, "cron(0 24 * * ? *)", `hours "24": "24" is not within 0 to 23`},
		{schedule, "cron(0 0 0 * ? *)", `day-of-month "0": "0" is not within 1 to 31`},
		{schedule, "cron(0 0 ? * 0 *)", `day-of-week "0": "0" is not within 1 to 7`},
		{schedule, "cron(0 0 ? * 3#6 *)", `day-of-week "3#6": "6" is not within 1 to 5`},
		{schedule, "cron(0 0 ? * 3#1,6#3 *)", `day-of-week "3#1,6#3": "1,6#3" is not within 1 to 5`},
		{schedule, "cron(0 0 * 13 ? *)", `month "13": "13" is not within 1 to 12`},
		{schedule, "cron(0 0 * * ? 2200)", `year "2200": "2200" is not within 1970 to 2199`},
		{schedule, "cron(0/0 0 * * ? *)", `minutes "0/0": step "0" is not a positive number`},
		{schedule, "cron(0 20-4 * * ? *)", `hours "20-4": range 20-4 ends before it begins`},
		{schedule, "cron(, 0 * * ? *)", `minutes ",": "" is not within 0 to 59`},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			err := c.parse(c.text)
			if want := "invalid schedule expression: " + c.text + ": " + c.want; !errors.Is(err, ErrInvalidExpression) || err.Error() != want {
				t.Errorf("error %v, not %s", err, want)
			}
		})
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{
		"rate(5 minutes)", "cron(0/15 8-17 ? * MON-FRI *)", "cron(0 0 L * ? *)", "cron(0 0 31W * ? *)",
		"cron(0 0 ? * 6#5 2030)", "cron(0 0 ? * 6L *)", "at(2026-03-08T02:30:00)", "cron(9999999999999999999 * * * ? *)", "rate(9223372036854775807 days)",
	} {
		f.Add(seed)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 3, 8, 1, 0, 0, 0, zone)
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseExpression(text, zone)
		if err != nil {
			return
		}
		if next := e.next(now, now); !next.IsZero() && !next.After(now) {
			t.Errorf("%s comes at %s, which is not after %s", text, next, now)
		}
	})
}
