package store

import "errors"

// ErrUnprocessed: DynamoDB did not take all rows of a batch, however often they were offered.
var ErrUnprocessed = errors.New("rows left unprocessed")
