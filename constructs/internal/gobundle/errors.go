package gobundle

import "errors"

// Reasons for which a function cannot be bundled. Test with errors.Is.
var (
	// ErrGoMissing reports that no go command was found.
	ErrGoMissing = errors.New("the go command is not in PATH: install Go from https://go.dev/dl, or pass Code of your own")
	// ErrBuild reports that the go command failed. The error's text holds the command line and the compiler's output.
	ErrBuild = errors.New("go build failed")
	// ErrNotFunction reports that the package asked for is not a main package of the sources.
	ErrNotFunction = errors.New("not a main package of the embedded sources")
	// ErrTarget reports an operating system or an architecture that functions are not built for.
	ErrTarget = errors.New("unknown target")
)
