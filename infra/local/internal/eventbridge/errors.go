package eventbridge

import "errors"

// Reasons for which a rule is refused. Test with errors.Is.
var (
	ErrInvalidExpression = errors.New("invalid schedule expression")
	// ErrNotSupported marks what AWS accepts and this package does not run.
	ErrNotSupported = errors.New("not supported by the local stage")
)
