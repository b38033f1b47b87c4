package store

import (
	"errors"
	"time"
)

// ErrUnprocessed: DynamoDB did not take all rows of a batch, however often they were offered.
var ErrUnprocessed = errors.New("rows left unprocessed")

const (
	// batchTries is how often rows are offered that DynamoDB did not take for lack of capacity.
	batchTries   = 6
	batchBackoff = 50 * time.Millisecond
)
