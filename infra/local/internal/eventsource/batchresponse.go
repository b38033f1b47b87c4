package eventsource

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// errBatchFailed says that a partial batch response fails the whole batch.
var errBatchFailed = errors.New("the whole batch counts as failed")

// failedItems parses a partial batch response and returns the ids of the messages that stay in the queue. ids are those of
// the batch. Nothing, null, an object without a list, and an empty or null list mean that all succeeded. Everything that is
// not as documented fails the whole batch:
//
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#sqs-batchfailurereporting-conditions
func failedItems(response []byte, ids map[string]bool) (map[string]bool, error) {
	response = bytes.TrimSpace(response)
	if len(response) == 0 {
		return nil, nil
	}
	// A map, because struct fields would match other spellings of a key.
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(response, &fields); err != nil {
		return nil, fmt.Errorf("%w: response %.40q is not an object", errBatchFailed, response)
	}
	list, found := fields["batchItemFailures"]
	if !found {
		return nil, nil
	}
	var items []map[string]json.RawMessage
	if err := json.Unmarshal(list, &items); err != nil {
		return nil, fmt.Errorf("%w: batchItemFailures %.40q is not a list of objects", errBatchFailed, list)
	}
	failed := make(map[string]bool, len(items))
	for _, item := range items {
		var id string
		raw, found := item["itemIdentifier"]
		if !found || json.Unmarshal(raw, &id) != nil || id == "" {
			return nil, fmt.Errorf("%w: an item has no itemIdentifier", errBatchFailed)
		}
		if !ids[id] {
			return nil, fmt.Errorf("%w: itemIdentifier %q is not in the batch", errBatchFailed, id)
		}
		failed[id] = true
	}
	return failed, nil
}
