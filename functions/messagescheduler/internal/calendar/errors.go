package calendar

import "errors"

// Reasons for refusing a time or a rule. Test with errors.Is.
var (
	ErrZone    = errors.New("not a time zone of the IANA database")
	ErrTime    = errors.New("not a time")
	ErrOffset  = errors.New("the offset contradicts the time zone")
	ErrCron    = errors.New("not a cron expression")
	ErrRule    = errors.New("not a recurrence rule")
	ErrTooFast = errors.New("repeats more often than once a minute")
	ErrTooMany = errors.New("yields too many occurrences to search")
)
