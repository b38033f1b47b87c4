// Package calendar turns what people write about time into instants: a local time with a time zone, a cron expression,
// a recurrence rule of RFC 5545.
//
// Daylight saving. Rules follow the wall clock of their zone. Where a clock is put forward, a time that does not occur
// means as long after the change as it would have been: 02:30 becomes 03:30. Where a clock is put back, a time that
// occurs twice means its first occurrence. So a daily message comes once a day. RFC 5545, section 3.3.5, says the same.
//
// Rules that run every hour or more often (a cron expression whose hours are all 24; FREQ=HOURLY or MINUTELY) follow
// elapsed time instead, as cron does: hours that are skipped are skipped, hours that come twice count twice.
package calendar
