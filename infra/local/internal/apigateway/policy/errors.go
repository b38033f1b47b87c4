package policy

import "errors"

// ErrMalformed says that a document is not a policy. Test with errors.Is.
var ErrMalformed = errors.New("malformed policy document")
