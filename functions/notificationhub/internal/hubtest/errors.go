package hubtest

import "errors"

var errStop = errors.New("stop")

// ErrDown is what tests let a service fail with.
var ErrDown = errors.New("service is down")
