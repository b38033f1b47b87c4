package gobundle

import (
	"fmt"
	"slices"
	"strings"
)

// A Target is what a function is built for, in Go's own terms.
type Target struct {
	OS   string // "linux", or "darwin" to run functions on a Mac
	Arch string // "arm64" or "amd64"
}

// Lambda runs linux only; darwin is for running the functions on the machine that builds them.
var (
	systems       = []string{"linux", "darwin"}
	architectures = []string{"arm64", "amd64"}
)

func (t Target) String() string { return t.OS + "/" + t.Arch }

func (t Target) validate() error {
	if !slices.Contains(systems, t.OS) {
		return fmt.Errorf("%w: operating system %q is not one of %s", ErrTarget, t.OS, strings.Join(systems, ", "))
	}
	if !slices.Contains(architectures, t.Arch) {
		return fmt.Errorf("%w: architecture %q is not one of %s", ErrTarget, t.Arch, strings.Join(architectures, ", "))
	}
	return nil
}
