package assembly

import (
	"errors"
	"fmt"
)

// Sentinels; test with errors.Is.
var (
	// ErrNoStacks says that the folder holds a cloud assembly without any stack.
	ErrNoStacks = errors.New("the assembly has no stack")
	// ErrUnsupported is wrapped where CloudFormation could do something that this package cannot.
	ErrUnsupported = errors.New("not supported")
	// ErrCycle is wrapped when stacks or resources wait for each other.
	ErrCycle = errors.New("circular dependency")
)

// wrap says where an error comes from. Every error of this package starts with its name.
func wrap(where string, err error) error {
	return fmt.Errorf("assembly: %s: %w", where, err)
}

// A placeError says where inside a resource or output something is wrong.
type placeError struct {
	path string
	err  error
}

func (e *placeError) Error() string { return e.path + ": " + e.err.Error() }
func (e *placeError) Unwrap() error { return e.err }

// at adds the place to an error that has none. It returns nil for nil.
func at(path string, err error) error {
	var placed *placeError
	if err == nil || errors.As(err, &placed) {
		return err
	}
	return &placeError{path: path, err: err}
}
