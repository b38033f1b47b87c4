package sqs

import "errors"

// ErrNotAccepted is returned for a message that the queue refused in a call that succeeded.
var ErrNotAccepted = errors.New("message not accepted")
