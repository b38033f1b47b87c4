package edge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// An Invoker runs a function and waits for its response.
//
// function is an ARN or a name. functionError is "" or the value of X-Amz-Function-Error; response is then the error's
// JSON (errorMessage, errorType). An err that has a method Throttled() bool returning true is a throttle.
type Invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (response []byte, functionError string, err error)
}

// A FunctionFailure is an error that the function itself reported. It is ErrFunction.
type FunctionFailure struct {
	Kind    string // "Unhandled" or "Handled"
	Message string // errorMessage of the response
}

// Error implements error.
func (f *FunctionFailure) Error() string {
	return fmt.Sprintf("%v: %s: %q", ErrFunction, f.Kind, f.Message)
}

// Is reports true for ErrFunction.
func (f *FunctionFailure) Is(target error) bool { return target == ErrFunction }

// Call invokes function and waits at most timeout. Errors are ErrTimeout, ErrThrottled, ErrUnreachable, or a
// *FunctionFailure.
func Call(ctx context.Context, invoker Invoker, function string, payload []byte, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	response, functionError, err := invoker.Invoke(ctx, function, payload)
	switch {
	case err == nil && functionError == "":
		return response, nil
	case err == nil:
		return nil, &FunctionFailure{Kind: functionError, Message: errorMessage(response)}
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("edge: invoke %s for %v: %w", function, timeout, ErrTimeout)
	case throttled(err):
		return nil, fmt.Errorf("edge: invoke %s: %w: %w", function, ErrThrottled, err)
	default:
		return nil, fmt.Errorf("edge: invoke %s: %w: %w", function, ErrUnreachable, err)
	}
}

func throttled(err error) bool {
	var t interface{ Throttled() bool }
	return errors.As(err, &t) && t.Throttled()
}

func errorMessage(response []byte) string {
	var body struct {
		ErrorMessage string `json:"errorMessage"`
	}
	if json.Unmarshal(response, &body) != nil {
		return ""
	}
	return body.ErrorMessage
}
