package eventsource

import "context"

// An Invoker runs a function and waits for its response.
type Invoker interface {
	// Invoke returns the response, or the error payload with functionError "Unhandled". An error whose method Throttled() bool
	// returns true is retried.
	Invoke(ctx context.Context, function string, payload []byte) (response []byte, functionError string, err error)
}
