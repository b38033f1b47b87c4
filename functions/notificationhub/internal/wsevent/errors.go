package wsevent

import "errors"

// errUnavailable hides the details of a failure from the client; the log has them.
var errUnavailable = errors.New("the function cannot reach what it needs")
