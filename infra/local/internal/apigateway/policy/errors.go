package policy

import "errors"

// ErrMalformed is a document that is no policy. Test with errors.Is.
var ErrMalformed = errors.New("malformed policy document")
