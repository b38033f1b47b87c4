package secretsmanager

import "errors"

var (
	// ErrGenerate says that a value cannot be generated as requested.
	ErrGenerate = errors.New("cannot generate")
	// ErrNotFound says that there is no such secret.
	ErrNotFound = errors.New("no such secret")
)
