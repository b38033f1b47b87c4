package calendar_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adhocore/gronx"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/calendar"
)

// changing are zones whose clocks change: by an hour, by half of one, at midnight, in the southern hemisphere, and twice
// in the weeks of Ramadan.
var changing = []string{
	"Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca",
	"Asia/Beirut", "Pacific/Auckland", "America/St_Johns", "Africa/Cairo",
}

var instants = rapid.Custom(func(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(1_577_836_800, 2_082_758_400).Draw(t, "seconds"), 0).UTC() // 2020 to 2035
})

// nearChange draws an instant within two days of a change of the zone's clock.
func nearChange(t *rapid.T, loc *time.Location) time.Time {
	_, end := instants.Draw(t, "instant").In(loc).ZoneBounds()
	if end.IsZero() {
		return instants.Draw(t, "instant")
	}
	return end.UTC().Add(time.Duration(rapid.IntRange(-2*86400, 2*86400).Draw(t, "away")) * time.Second)
}

func drawZone(t *rapid.T) *time.Location {
	loc, err := calendar.Zone(rapid.SampledFrom(changing).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestWallTimesResolveToInstantsThatShowThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		instant := nearChange(t, loc)
		wall := calendar.Wall(instant, loc)
		found := calendar.Instants(wall, loc)
		if !slices.ContainsFunc(found, instant.Equal) || len(found) > 2 {
			t.Fatalf("%s shows %s, which is found at %v", instant, wall, found)
		}
		if !calendar.Resolve(wall, loc).Equal(found[0]) {
			t.Fatalf("%s is not resolved to its first occurrence", wall)
		}
	})
}

// TestResolveAgreesWithTheStandardLibrary: time.Date leaves open which instant it picks around a change, but it picks
// one of those of before and after.
func TestResolveAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		w := calendar.Wall(nearChange(t, loc), loc).Add(time.Duration(rapid.IntRange(-5400, 5400).Draw(t, "shift")) * time.Second)
		got, library := calendar.Resolve(w, loc), time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, loc)
		switch found := calendar.Instants(w, loc); len(found) {
		case 1:
			if !got.Equal(library) {
				t.Fatalf("%s is %s, not %s", w, library, got)
			}
		case 2:
			if !library.Equal(found[0]) && !library.Equal(found[1]) {
				t.Fatalf("%s is %s, not among %v", w, library, found)
			}
		default: // a gap: as long after the change as the clock would have shown
			start, _ := got.In(loc).ZoneBounds()
			_, before := start.Add(-time.Second).In(loc).Zone()
			if !got.Equal(w.Add(-time.Duration(before) * time.Second)) {
				t.Fatalf("%s in a gap became %s", w, got)
			}
		}
	})
}

func drawField(t *rapid.T, name string, low, top int) string {
	switch rapid.IntRange(0, 3).Draw(t, name+" kind") {
	case 0:
		return "*"
	case 1:
		return fmt.Sprint(rapid.IntRange(low, top).Draw(t, name))
	case 2:
		from := rapid.IntRange(low, top).Draw(t, name+" from")
		return fmt.Sprintf("%d-%d", from, rapid.IntRange(from, top).Draw(t, name+" to"))
	default:
		list := rapid.SliceOfNDistinct(rapid.IntRange(low, top), 1, 4, rapid.ID).Draw(t, name+" list")
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]")
	}
}

func TestCronAgreesWithALibraryWhereNoClockChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		expression := strings.Join([]string{
			drawField(t, "minute", 0, 59), drawField(t, "hour", 0, 23), drawField(t, "day", 1, 28),
			drawField(t, "month", 1, 12), drawField(t, "weekday", 0, 6),
		}, " ")
		start := instants.Draw(t, "start").Truncate(time.Second)
		rule, err := calendar.ParseCron(expression, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		want, err := gronx.NextTickAfter(expression, start, false)
		got, ok := rule.Next(start)
		if err != nil || !ok || !got.Equal(want) {
			t.Fatalf("%q after %s: got %s, %v; want %s, %v", expression, start, got, ok, want, err)
		}
	})
}

func TestDailyComesOnceADayAcrossChanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		after := nearChange(t, loc)
		daily, err := calendar.ParseCron(fmt.Sprintf("%d %d * * *", minute, hour), loc)
		if err != nil {
			t.Fatal(err)
		}
		wall := calendar.Wall(after, loc)
		start := calendar.Resolve(time.Date(wall.Year(), wall.Month(), wall.Day()-1, hour, minute, 0, 0, time.UTC), loc)
		rule, _, err := calendar.ParseRecurrence("FREQ=DAILY;BYHOUR="+fmt.Sprint(hour)+";BYMINUTE="+fmt.Sprint(minute), start, loc)
		if err != nil {
			t.Fatal(err)
		}
		previous := after
		for range 4 {
			got, ok := daily.Next(previous)
			same, also := rule.Next(previous)
			if !ok || !also || !got.Equal(same) {
				t.Fatalf("after %s cron says %s and the rule %s", previous, got, same)
			}
			day := calendar.Wall(got, loc)
			meant := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, time.UTC)
			if !calendar.Resolve(meant, loc).Equal(got) {
				t.Fatalf("%s is not %02d:%02d of its day", got.In(loc), hour, minute)
			}
			if apart := got.Sub(previous); previous != after && (apart < 22*time.Hour || apart > 26*time.Hour) {
				t.Fatalf("%s and %s are %s apart", previous, got, apart)
			}
			previous = got
		}
	})
}

func TestEveryHourIsEveryHour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Pacific/Auckland", "America/Havana"}).Draw(t, "zone")
		loc, err := calendar.Zone(name)
		if err != nil {
			t.Fatal(err)
		}
		after := nearChange(t, loc).Truncate(time.Hour)
		cron, err := calendar.ParseCron("0 * * * *", loc)
		if err != nil {
			t.Fatal(err)
		}
		rule, _, err := calendar.ParseRecurrence("FREQ=HOURLY", after.Add(-1000*time.Hour), loc)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]calendar.Rule{"cron": cron, "rule": rule} {
			if got, ok := r.Next(after); !ok || got.Sub(after) != time.Hour {
				t.Fatalf("%s: after %s comes %s", name, after, got)
			}
		}
	})
}

// TestRulesAgreeWithTheLibraryInTheZoneItself leaves out zones that change at midnight, where the library loses a day.
func TestRulesAgreeWithTheLibraryInTheZoneItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc, err := calendar.Zone(rapid.SampledFrom([]string{
			"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "America/St_Johns",
		}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		start := nearChange(t, loc)
		text := rapid.SampledFrom([]string{
			"FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=MONTHLY;BYDAY=-1SU", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
		}).Draw(t, "rule")
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = start.In(loc)
		library, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		ours, _, err := calendar.ParseRecurrence(text, start, loc)
		if err != nil {
			t.Fatal(err)
		}
		if len(calendar.Instants(calendar.Wall(start, loc), loc)) != 1 {
			return // nor does it say which of two the start is
		}
		previous := start
		for range 6 {
			got, ok := ours.Next(previous)
			want := library.After(previous, false)
			if !ok {
				t.Fatalf("%s ends after %s", text, previous)
			}
			wall := calendar.Wall(start, loc)
			day := calendar.Wall(got, loc)
			meant := time.Date(day.Year(), day.Month(), day.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, time.UTC)
			if len(calendar.Instants(meant, loc)) != 1 {
				return // the library leaves open what happens then
			}
			if !got.Equal(want) {
				t.Fatalf("%s from %s after %s: got %s, want %s", text, start.In(loc), previous, got.In(loc), want)
			}
			previous = got
		}
	})
}
