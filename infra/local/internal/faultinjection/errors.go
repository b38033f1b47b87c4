package faultinjection

import "errors"

var (
	// ErrRule says that a rule cannot be used; the message names the field and its value.
	ErrRule = errors.New("invalid rule")
	// ErrNotFound says that no rule has the id.
	ErrNotFound = errors.New("no such rule")
)
