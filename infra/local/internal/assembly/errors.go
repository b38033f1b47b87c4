package assembly

import (
	"errors"
	"fmt"
)

// Sentinels; test with errors.Is.
var (
	// ErrNoStacks says that the cloud assembly has no stack.
	ErrNoStacks = errors.New("the assembly has no stack")
	// ErrUnsupported is wrapped when CloudFormation supports something that this package does not.
	ErrUnsupported = errors.New("not supported")
	// ErrCycle is wrapped when stacks or resources depend on each other.
	ErrCycle = errors.New("circular dependency")
)

// wrap adds the origin to an error. Every error of this package starts with the package's name.
func wrap(where string, err error) error {
	return fmt.Errorf("assembly: %s: %w", where, err)
}

// A pathError says where in a resource or output something is wrong.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }

// at adds the path to an error that has none. It returns nil for nil.
func at(path string, err error) error {
	var placed *pathError
	if err == nil || errors.As(err, &placed) {
		return err
	}
	return &pathError{path: path, err: err}
}
