package hubtest

import "errors"

var errStop = errors.New("stop")

// ErrDown is the error with which tests make a service fail.
var ErrDown = errors.New("service is down")
