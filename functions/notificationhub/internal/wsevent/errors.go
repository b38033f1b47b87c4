package wsevent

import "errors"

// errUnavailable is all that leaves a function of a failure of ours; its log has the rest.
var errUnavailable = errors.New("the function cannot reach what it needs")
