package roomlog

import "errors"

var (
	// ErrTaken is what a Store returns when a row already stands at the number of another.
	ErrTaken = errors.New("the number is taken")
	// ErrContended: other workers were faster, however often the append was tried.
	ErrContended = errors.New("other workers were faster")
	// ErrBroken: a row does not continue the one before it. The replica is dropped; the next append reads again.
	ErrBroken = errors.New("the log does not continue")
)
