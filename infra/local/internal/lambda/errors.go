package lambda

import (
	"errors"
	"fmt"
)

// Reasons for which an invocation does not reach the function. Test with errors.Is.
var (
	ErrNotFound        = errors.New("function not found")              // 404 ResourceNotFoundException
	ErrThrottled       = errors.New("rate exceeded")                   // 429 TooManyRequestsException
	ErrRequestTooLarge = errors.New("request payload is too large")    // 413 RequestTooLargeException
	ErrInvalidRequest  = errors.New("request payload is not JSON")     // 400 InvalidRequestContentException
	ErrStopped         = errors.New("supervisor is stopped")           // 503
	ErrRecursive       = errors.New("recursive loop detected")         // 400 RecursiveInvocationException
	ErrInvalidFunction = errors.New("invalid function")                // returned by Register
	ErrInjected        = errors.New("service error injected by fault") // 500 ServiceException
)

// Reasons of a ThrottledError, in AWS's words.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
const (
	ReasonReserved = "ReservedFunctionConcurrentInvocationLimitExceeded"
	ReasonAccount  = "ConcurrentInvocationLimitExceeded"
	ReasonCaller   = "CallerRateLimitExceeded" // of injected faults
)

// A ThrottledError means that a concurrency limit refused an invocation; errors.Is(err, ErrThrottled) holds.
type ThrottledError struct {
	Function string // name
	Reason   string // one of the Reason constants
}

// Error returns the message that AWS sends with status 429.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("lambda: invoke %s: Rate Exceeded. (%s)", e.Function, e.Reason)
}

// Throttled marks the error for packages that cannot import this one.
func (e *ThrottledError) Throttled() bool { return true }

// Is makes errors.Is(err, ErrThrottled) hold.
func (e *ThrottledError) Is(target error) bool { return target == ErrThrottled }
