package store

import (
	"errors"
	"time"
)

// ErrUnprocessed is returned when DynamoDB leaves rows of a batch unprocessed after all retries.
var ErrUnprocessed = errors.New("rows left unprocessed")

const (
	// batchTries is how often rows are read that DynamoDB leaves unprocessed for lack of capacity.
	batchTries   = 6
	batchBackoff = 50 * time.Millisecond
)
