package store

import "errors"

// ErrUnprocessed is returned when DynamoDB leaves rows of a batch unprocessed after all retries.
var ErrUnprocessed = errors.New("rows left unprocessed")
