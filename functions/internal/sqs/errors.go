package sqs

import "errors"

// ErrNotTaken: the call succeeded, but not for this message.
var ErrNotTaken = errors.New("message not taken")
