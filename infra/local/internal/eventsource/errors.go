package eventsource

import "errors"

// Reasons for which a configuration is refused. Test with errors.Is.
var (
	ErrInvalidMapping    = errors.New("invalid event source mapping")
	ErrInvalidExpression = errors.New("invalid schedule expression")
	ErrInvalidSchedule   = errors.New("invalid schedule")
	ErrInvalidTable      = errors.New("invalid table")
	// ErrNotSupported marks what AWS would accept and this package does not do.
	ErrNotSupported = errors.New("not supported by the local stage")
	// ErrNotFound is for a rule or schedule that does not exist.
	ErrNotFound = errors.New("no such rule or schedule")
)

// throttled says whether a function was not run because of its concurrency. The error comes from a package that this one does
// not import.
func throttled(err error) bool {
	var t interface{ Throttled() bool }
	return errors.As(err, &t) && t.Throttled()
}
