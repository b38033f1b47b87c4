// Package calendar resolves what users write about time to instants: a local time with a time zone, a cron expression,
// a recurrence rule of RFC 5545.
//
// Daylight saving: rules follow the wall clock of their zone. A time that is skipped when the clock is put forward is
// resolved to the same time after the change: 02:30 becomes 03:30. A time that occurs twice when the clock is put back
// is resolved to its first occurrence. So a daily message is sent once a day, as RFC 5545, section 3.3.5, requires.
//
// Rules that run every hour or more often (a cron expression whose hours are all 24; FREQ=HOURLY or MINUTELY) follow
// elapsed time instead, as cron does: skipped hours are skipped, repeated hours count twice.
package calendar
