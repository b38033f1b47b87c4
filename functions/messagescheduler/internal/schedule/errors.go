package schedule

import (
	"errors"
	"fmt"
)

// What can become of a call. Test with errors.Is.
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

// A Fault is a mistake of the caller: which field, what it holds, and what rule that breaks.
type Fault struct {
	Field string
	Value string // at most 100 bytes of it
	Rule  string
}

// Error shows all three.
func (f *Fault) Error() string { return fmt.Sprintf("%s %q: %s", f.Field, f.Value, f.Rule) }

// NewFault cuts long values.
func NewFault(field, value, rule string) *Fault {
	const most = 100
	if len(value) > most {
		value = string([]rune(value[:most])) + "..."
	}
	return &Fault{Field: field, Value: value, Rule: rule}
}
