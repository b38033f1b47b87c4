package backends

import "errors"

var (
	// ErrNotInstalled says that a peer's program is missing; the message says how to get it.
	ErrNotInstalled = errors.New("not installed")
	// ErrNotReady says that a peer did not report or answer in time, or died while starting.
	ErrNotReady = errors.New("not ready")
)
