package client

import (
	"fmt"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A FieldError names the field of a Message or an IssueRequest that the hub would refuse, or a name that no call of the scheduler's
// API can be about, and shows its value.
// It unwraps to ErrMissingField, ErrInvalidField or ErrTooLarge.
type FieldError struct {
	Field string // as on the wire: user_id, room_id, to_user_id, id, data; group, key, subscriber
	Value string // at most 64 bytes of it; for data its Go type, since data may be private
	Err   error
}

// Error shows the field, the value and the reason.
func (e *FieldError) Error() string { return fmt.Sprintf("field %s (%q): %v", e.Field, e.Value, e.Err) }

// Unwrap returns the reason.
func (e *FieldError) Unwrap() error { return e.Err }

func fieldError(field, value string, err error) *FieldError {
	return &FieldError{Field: field, Value: clip(value), Err: err}
}

// requireName checks a name that must be there, by the hub's own limit.
func requireName(field, value string) error {
	switch {
	case value == "":
		return fieldError(field, value, ErrMissingField)
	case len(value) > contract.MaxNameBytes:
		return fieldError(field, value, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrInvalidField, len(value), contract.MaxNameBytes))
	case !utf8.ValidString(value):
		return fieldError(field, value, fmt.Errorf("%w: not valid UTF-8", ErrInvalidField))
	}
	return nil
}

// clip keeps an error readable when the fault of a value is its length.
func clip(value string) string {
	const most = 64
	if len(value) <= most {
		return value
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(value[cut]) {
		cut--
	}
	return value[:cut] + "..."
}
