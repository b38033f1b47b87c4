package eventsource

import "errors"

// Reasons for which a mapping is refused. Test with errors.Is.
var (
	ErrInvalidMapping = errors.New("invalid event source mapping")
	// ErrNotSupported marks what AWS accepts and this package does not do.
	ErrNotSupported = errors.New("not supported by the local stage")
)

// throttled reports whether a function was not run because of its concurrency. The error comes from a package that this one
// does not import.
func throttled(err error) bool {
	var t interface{ Throttled() bool }
	return errors.As(err, &t) && t.Throttled()
}
