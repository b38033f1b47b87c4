package calendar_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := calendar.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestParseAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, zone, want string }{
		{"an instant", "2026-07-01T09:00:00Z", "", "2026-07-01T09:00:00Z"},
		{"an instant with an offset", "2026-07-01T09:00:00+02:00", "", "2026-07-01T07:00:00Z"},
		{"an instant with the zone's own offset", "2026-07-01T09:00:00+02:00", "Europe/Berlin", "2026-07-01T07:00:00Z"},
		{"an instant in UTC beside a zone", "2026-07-01T09:00:00Z", "Europe/Berlin", "2026-07-01T09:00:00Z"},
		{"a local time in summer", "2026-07-01T09:00", "Europe/Berlin", "2026-07-01T07:00:00Z"},
		{"a local time in winter", "2026-12-01 09:00:00", "Europe/Berlin", "2026-12-01T08:00:00Z"},
		{"a time that a gap skips", "2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"},
		{"a time that comes twice", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"},
		{"a gap at midnight", "2026-09-06T00:15", "America/Santiago", "2026-09-06T04:15:00Z"},
		{"a gap of half an hour", "2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:40:00Z"},
		{"a day that a zone skipped", "2011-12-30T10:00", "Pacific/Apia", "2011-12-30T20:00:00Z"},
	} {
		t.Run(c.name+" is read", func(t *testing.T) {
			t.Parallel()
			got, err := calendar.ParseAt(c.text, c.zone)
			if err != nil || got.Format(time.RFC3339) != c.want {
				t.Errorf("got %s, %v", got.Format(time.RFC3339), err)
			}
		})
	}
	for _, c := range []struct {
		name, text, zone string
		is               error
		want             string
	}{
		{"a local time without a zone", "2026-07-01T09:00", "", calendar.ErrTime, `not a time: "2026-07-01T09:00" has no offset, and no timezone is given`},
		{"a day", "2026-07-01", "Europe/Berlin", calendar.ErrTime, `not a time: "2026-07-01" is neither RFC 3339 nor a local time such as 2026-07-01T09:00`},
		{"an unknown zone", "2026-07-01T09:00", "Europe/Atlantis", calendar.ErrZone, `not a time zone of the IANA database: "Europe/Atlantis"`},
		{"the machine's zone", "2026-07-01T09:00", "Local", calendar.ErrZone, `not a time zone of the IANA database: "Local"`},
		{"a wrong offset", "2026-07-01T09:00:00+01:00", "Europe/Berlin", calendar.ErrOffset, `the offset contradicts the time zone: 2026-07-01T09:00:00+01:00 is not the offset of Europe/Berlin then`},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, err := calendar.ParseAt(c.text, c.zone); !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

// next lists the first occurrences after a time, as they look on the clock of the zone.
func next(rule calendar.Rule, after time.Time, loc *time.Location, n int) string {
	var found []string
	for range n {
		got, ok := rule.Next(after)
		if !ok {
			found = append(found, "none")
			break
		}
		found, after = append(found, got.In(loc).Format("01-02T15:04Z07")), got
	}
	return strings.Join(found, " ")
}

func TestCron(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, expression, zone, after, want string }{
		{"daily at nine keeps its wall time", "0 9 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "03-28T09:00+01 03-29T09:00+02 03-30T09:00+02"},
		{"what a gap skips comes after it", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "03-29T03:30+02 03-30T02:30+02"},
		{"what comes twice counts once", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "10-25T02:30+02 10-26T02:30+01"},
		{"hourly skips the hour that is skipped", "0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "03-29T03:00+02 03-29T04:00+02"},
		{"hourly counts the hour that comes twice", "0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", "10-25T02:00+02 10-25T02:00+01 10-25T03:00+01"},
		{"two times that a gap makes one come once", "30 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "03-29T03:30+02 03-30T02:30+02"},
		{"either day matches when both are given", "0 0 13 * FRI", "UTC", "2026-02-01T00:00:00Z", "02-06T00:00Z 02-13T00:00Z 02-20T00:00Z"},
		{"Sunday is 7 as well", "0 0 * * 7", "UTC", "2026-02-01T00:00:00Z", "02-08T00:00Z"},
		{"the 29th of February waits for its year", "0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "02-29T00:00Z"},
		{"the 30th of February never comes", "0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", "none"},
		{"a shorthand", "@monthly", "UTC", "2026-01-01T00:00:00Z", "02-01T00:00Z"},
		{"steps count from their start", "5/20 8-9 * * *", "UTC", "2026-01-01T08:10:00Z", "01-01T08:25Z 01-01T08:45Z 01-01T09:05Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, c.zone)
			rule, err := calendar.ParseCron(c.expression, loc)
			if err != nil {
				t.Fatal(err)
			}
			if got := next(rule, at(t, c.after), loc, len(strings.Fields(c.want))); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
	for _, c := range []struct{ expression, want string }{
		{"0 9 * *", `not a cron expression: "0 9 * *" has 4 fields, not minute, hour, day of month, month, day of week`},
		{"60 9 * * *", `not a cron expression: minute "60": "60" is not between 0 and 59`},
		{"0 9 * * MOON", `not a cron expression: day of week "MOON": "MOON" is not between 0 and 7`},
		{"0 9 31-1 * *", `not a cron expression: day of month "31-1": 31 is after 1`},
		{"*/0 9 * * *", `not a cron expression: minute "*/0": "0" is not a step`},
		{"+5 9 * * *", `not a cron expression: minute "+5": "+5" is not between 0 and 59`},
	} {
		t.Run(c.expression+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, err := calendar.ParseCron(c.expression, time.UTC); !errors.Is(err, calendar.ErrCron) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRecurrence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, rule, zone, start, after, want string }{
		{"weekly keeps its wall time", "FREQ=WEEKLY;BYDAY=SU", "Europe/Berlin", "2026-03-22T08:00:00Z", "2026-03-22T08:00:00Z", "03-29T09:00+02 04-05T09:00+02"},
		{"what a gap skips comes after it", "FREQ=DAILY", "Europe/Berlin", "2026-03-27T01:30:00Z", "2026-03-28T12:00:00Z", "03-29T03:30+02 03-30T02:30+02"},
		{"the last weekday of the month", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "America/New_York", "2026-01-01T14:00:00Z", "2026-01-01T14:00:00Z", "01-30T09:00-05 02-27T09:00-05 03-31T09:00-04"},
		{"the start is the first", "FREQ=DAILY", "UTC", "2026-01-01T09:00:00Z", "2026-01-01T08:00:00Z", "01-01T09:00Z 01-02T09:00Z"},
		{"until an instant", "FREQ=DAILY;UNTIL=20260102T080000Z", "Europe/Berlin", "2026-01-01T08:00:00Z", "2026-01-01T07:00:00Z", "01-01T09:00+01 01-02T09:00+01 none"},
		{"until a wall time", "FREQ=DAILY;UNTIL=20260102T085959", "Europe/Berlin", "2026-01-01T08:00:00Z", "2026-01-01T07:00:00Z", "01-01T09:00+01 none"},
		{"hourly counts the hour that comes twice", "FREQ=HOURLY", "Europe/Berlin", "2020-01-01T00:00:00Z", "2026-10-24T23:30:00Z", "10-25T02:00+02 10-25T02:00+01 10-25T03:00+01"},
		{"every 45 minutes from long ago", "FREQ=MINUTELY;INTERVAL=45", "UTC", "2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "01-01T00:45Z 01-01T01:30Z"},
		{"the 30th of February never comes", "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, c.zone)
			rule, _, err := calendar.ParseRecurrence(c.rule, at(t, c.start), loc)
			if err != nil {
				t.Fatal(err)
			}
			if got := next(rule, at(t, c.after), loc, len(strings.Fields(c.want))); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
	t.Run("gives the count apart", func(t *testing.T) {
		t.Parallel()
		rule, count, err := calendar.ParseRecurrence("FREQ=DAILY;COUNT=3", at(t, "2026-01-01T09:00:00Z"), time.UTC)
		if err != nil || count != 3 {
			t.Fatalf("got %d, %v", count, err)
		}
		if got := next(rule, at(t, "2026-02-01T00:00:00Z"), time.UTC, 1); got != "02-01T09:00Z" {
			t.Errorf("got %s", got)
		}
	})
	for _, c := range []struct {
		rule string
		is   error
	}{
		{"", calendar.ErrRule},
		{"FREQ=SOMETIMES", calendar.ErrRule},
		{"BYDAY=MO", calendar.ErrRule},
		{"FREQ=SECONDLY", calendar.ErrTooFast},
		{"FREQ=MINUTELY;BYSECOND=0,30", calendar.ErrTooFast},
		{"FREQ=DAILY;BYEASTER=1", calendar.ErrRule},
		{"FREQ=DAILY;COUNT=-1", calendar.ErrRule},
		{"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY", calendar.ErrRule},
	} {
		t.Run(c.rule+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, _, err := calendar.ParseRecurrence(c.rule, at(t, "2026-01-01T09:00:00Z"), time.UTC); !errors.Is(err, c.is) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a rule that yields too much is refused", func(t *testing.T) {
		t.Parallel()
		rule, _, err := calendar.ParseRecurrence("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55",
			at(t, "2020-01-01T00:00:00Z"), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if err := rule.Check(at(t, "2026-01-01T00:00:00Z")); !errors.Is(err, calendar.ErrTooMany) {
			t.Errorf("got %v", err)
		}
	})
}
