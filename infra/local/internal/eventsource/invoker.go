package eventsource

import "context"

// An Invoker runs a function and waits for its answer.
type Invoker interface {
	// Invoke gives the answer, or the error payload with functionError "Unhandled". An error whose method Throttled() bool
	// says true is tried again.
	Invoke(ctx context.Context, function string, payload []byte) (answer []byte, functionError string, err error)
}

// An AsyncInvoker hands an event to a function without waiting for it.
type AsyncInvoker interface {
	InvokeAsync(ctx context.Context, function string, payload []byte) error
}
