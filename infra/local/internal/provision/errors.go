package provision

import (
	"errors"
	"fmt"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// Sentinels; test with errors.Is.
var (
	// ErrUnsupported is wrapped when a template asks for what the local stage does not run.
	ErrUnsupported = errors.New("not supported")
	// ErrInvalid is wrapped when AWS would refuse the resource.
	ErrInvalid = errors.New("invalid")
	// ErrNotPermitted is wrapped when one part of the template is wired to another without the permission AWS asks for.
	ErrNotPermitted = errors.New("not permitted")
	// ErrSchema is wrapped when a kept table has another schema than the template's.
	ErrSchema = errors.New("the kept table has another schema")
)

// resourceError adds the resource to an error.
func resourceError(r *assembly.Resource, err error) error {
	return fmt.Errorf("provision: %s: %w", r, err)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf(format+" is %w", append(args, ErrUnsupported)...)
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
