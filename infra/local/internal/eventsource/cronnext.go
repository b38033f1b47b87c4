package eventsource

import "time"

// next gives the first instant after t at which the expression holds in t's location; the zero Time if there is none.
//
// A local time that does not exist, because the clocks go forward, is left out. One that comes twice, because they go back,
// counts the first time only.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
func (c *cron) next(t time.Time) time.Time {
	year, month, day := t.Date()
	for ; year <= lastYear; year, month = year+1, time.January {
		if year < firstYear || !c.years.has(year-firstYear) {
			day = 1
			continue
		}
		for ; month <= time.December; month, day = month+1, 1 {
			if !c.months.has(int(month)) {
				continue
			}
			for ; day <= daysIn(year, month); day++ {
				if !c.days.holds(year, month, day) {
					continue
				}
				if found := c.nextOn(year, month, day, t); !found.IsZero() {
					return found
				}
			}
		}
		day = 1
	}
	return time.Time{}
}

// nextOn looks at one day.
func (c *cron) nextOn(year int, month time.Month, day int, after time.Time) time.Time {
	for hour := range 24 {
		if !c.hours.has(hour) {
			continue
		}
		for minute := range 60 {
			if !c.minutes.has(minute) {
				continue
			}
			if t, exists := firstInstant(year, month, day, hour, minute, after.Location()); exists && t.After(after) {
				return t
			}
		}
	}
	return time.Time{}
}

// firstInstant gives the first instant at which the clocks show a local time, or false if they never do.
func firstInstant(year int, month time.Month, day, hour, minute int, zone *time.Location) (time.Time, bool) {
	t := time.Date(year, month, day, hour, minute, 0, 0, zone)
	if t.Hour() != hour || t.Minute() != minute {
		return t, false
	}
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return t, true
	}
	_, offset := t.Zone()
	_, before := start.Add(-time.Nanosecond).Zone()
	earlier := t.Add(-time.Duration(before-offset) * time.Second) // the same local time before the change
	if before > offset && earlier.Before(start) {
		return earlier, true
	}
	return t, true
}

// holds says whether the rule takes a day.
func (r dayRule) holds(year int, month time.Month, day int) bool {
	weekday := int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday())
	last := daysIn(year, month)
	switch r.kind {
	case anyMonthDay:
		return r.set.has(day)
	case lastMonthDay:
		return day == last
	case nearestWeekday:
		return day == nearestWeekdayTo(year, month, r.day)
	case anyWeekday:
		return r.set.has(weekday)
	case lastWeekday:
		return weekday == r.day && day+7 > last
	default: // nthWeekday
		return weekday == r.day && (day-1)/7+1 == r.nth
	}
}

// nearestWeekdayTo gives the day from Monday to Friday that is nearest to day, within the month; 0 if the month has no such day.
func nearestWeekdayTo(year int, month time.Month, day int) int {
	last := daysIn(year, month)
	if day > last {
		return 0
	}
	switch time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday() {
	case time.Saturday:
		if day == 1 {
			return 3
		}
		return day - 1
	case time.Sunday:
		if day == last {
			return day - 2
		}
		return day + 1
	default:
		return day
	}
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
