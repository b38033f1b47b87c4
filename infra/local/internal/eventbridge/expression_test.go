package eventbridge

import (
	"errors"
	"testing"
	"time"
)

const minute = "2006-01-02 15:04"

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(minute, text)
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
			next := at(t, c.after)
			s, err := parseExpression("cron("+c.cron+")", next)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				after := next
				next = s(after)
				if want == "" && next.IsZero() {
					return
				}
				if got := next.Format(minute); got != want {
					t.Fatalf("after %s comes %s, want %s", after.Format(minute), got, want)
				}
			}
		})
	}
}

func TestRateCountsFromTheStart(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-03-07 12:00")
	s, err := parseExpression("rate(1 day)", start)
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[string]string{"2026-03-07 12:00": "2026-03-08 12:00", "2026-03-08 11:59": "2026-03-08 12:00", "2026-03-08 12:00": "2026-03-09 12:00"} {
		if got := s(at(t, after)).Format(minute); got != want {
			t.Errorf("after %s comes %s, want %s", after, got, want)
		}
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	t.Parallel()
	cases := []struct{ text, want string }{
		{"rate(1 minutes)", "the unit is singular for 1 and plural otherwise"},
		{"rate(5 minute)", "the unit is singular for 1 and plural otherwise"},
		{"rate(0 minutes)", `rate "0 minutes" is not a positive number and minutes, hours or days`},
		{"rate(5 seconds)", `rate "5 seconds" is not a positive number and minutes, hours or days`},
		{"rate(5)", `rate "5" is not a positive number and minutes, hours or days`},
		{"at(2026-01-01T00:00:00)", "must be rate(...) or cron(...)"},
		{"every day", "must be rate(...) or cron(...)"},
		{"cron(* * * * *)", "5 fields, not 6"},
		{"cron(* * * * * *)", `exactly one of day-of-month "*" and day-of-week "*" must be ?`},
		{"cron(* * ? * ? *)", `exactly one of day-of-month "?" and day-of-week "?" must be ?`},
		{"cron(60 * * * ? *)", `minutes "60": "60" is out of range or malformed`},
		{"cron(0,60 * * * ? *)", `minutes "0,60": "60" is out of range or malformed`},
		{"cron(0 24 * * ? *)", `hours "24": "24" is out of range or malformed`},
		{"cron(0 0 0 * ? *)", `day-of-month "0": "0" is out of range or malformed`},
		{"cron(0 0 32W * ? *)", `day-of-month "32W": "32W" is out of range or malformed`},
		{"cron(0 0 ? * 0 *)", `day-of-week "0": "-1" is out of range or malformed`},
		{"cron(0 0 ? * 8 *)", `day-of-week "8": "8" is out of range or malformed`},
		{"cron(0 0 ? * 3#6 *)", `day-of-week "3#6": "2#6" is out of range or malformed`},
		{"cron(0 0 * 13 ? *)", `month "13": "13" is out of range or malformed`},
		{"cron(0/0 0 * * ? *)", `minutes "0/0": "0/0" is out of range or malformed`},
		{"cron(0 20-4 * * ? *)", `hours "20-4": "20-4" is out of range or malformed`},
		{"cron(, 0 * * ? *)", `minutes ",": "" is out of range or malformed`},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			_, err := parseExpression(c.text, time.Time{})
			if want := "invalid schedule expression: " + c.text + ": " + c.want; !errors.Is(err, ErrInvalidExpression) || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		})
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{
		"rate(5 minutes)", "cron(0/15 8-17 ? * MON-FRI *)", "cron(0 0 L * ? *)", "cron(0 0 31W * ? *)",
		"cron(0 0 ? * 6#5 2030)", "cron(0 0 ? * 6L *)", "cron(9999999999999999999 * * * ? *)", "rate(9223372036854775807 days)",
	} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 8, 1, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseExpression(text, now)
		if err != nil {
			return
		}
		if next := s(now); !next.IsZero() && !next.After(now) {
			t.Errorf("%s comes at %s, which is not after %s", text, next, now)
		}
	})
}
