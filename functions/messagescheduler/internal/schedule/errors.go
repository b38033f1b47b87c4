package schedule

import (
	"errors"
	"fmt"
)

// Errors of the service. Test with errors.Is.
var (
	ErrNotFound     = errors.New("no such message")
	ErrUnknownGroup = errors.New("no such group")
	ErrExists       = errors.New("the message exists already")
	ErrConflict     = errors.New("the message has changed")
	ErrPrecondition = errors.New("the ETag does not match")
	ErrTooLarge     = errors.New("too large")
	ErrSending      = errors.New("the message is being sent")
	ErrFinished     = errors.New("the message is finished")
	ErrKeyReused    = errors.New("the idempotency key belongs to another message")
	ErrNoContent    = errors.New("the content is gone")
	ErrDenied       = errors.New("the content is gone, or may not be read")
	ErrBusy         = errors.New("the message kept changing")
)

// A ValidationError is a field of a request that is not valid: its name, its value, and the rule that it breaks.
type ValidationError struct {
	Field string
	Value string // at most 100 bytes of it
	Rule  string
}

// Error returns all three.
func (e *ValidationError) Error() string { return fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Rule) }

// Invalid returns a ValidationError. It cuts long values.
func Invalid(field, value, rule string) *ValidationError {
	const most = 100
	if len(value) > most {
		value = string([]rune(value[:most])) + "..."
	}
	return &ValidationError{Field: field, Value: value, Rule: rule}
}
