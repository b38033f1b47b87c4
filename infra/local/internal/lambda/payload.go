package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// Payload limits in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxRequestBytes      = 6 * 1024 * 1024 // of a synchronous invocation
	MaxAsyncRequestBytes = 1024 * 1024     // of an asynchronous one
	// MaxResponseBytes is the limit in AWS's error message: 6 MB and 100 bytes.
	MaxResponseBytes = 6*1024*1024 + 100
)

// Error types of Lambda itself, besides the function's own.
const (
	typeExit              = "Runtime.ExitError"
	typeUnknown           = "Runtime.Unknown"
	typeInvalidEntrypoint = "Runtime.InvalidEntrypoint"
	typeTooLarge          = "Function.ResponseSizeTooLarge"
)

// unhandled is the value of X-Amz-Function-Error for every error of a custom runtime.
const unhandled = "Unhandled"

// functionError is the payload of a failed invocation.
type functionError struct {
	Type    string `json:"errorType,omitempty"`
	Message string `json:"errorMessage"`
}

func (e functionError) json() []byte {
	b, err := json.Marshal(e)
	if err != nil { // two strings always marshal
		return []byte(`{"errorType":"Runtime.Unknown"}`)
	}
	return b
}

func exitError(requestID, reason string) functionError {
	return functionError{Type: typeExit, Message: "RequestId: " + requestID + " Error: " + reason}
}

// timeoutError has the text that AWS writes into the log and sends to the caller.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-invoke-with-errors
func timeoutError(at time.Time, requestID string, timeout time.Duration) functionError {
	return functionError{Message: fmt.Sprintf("%s %s Task timed out after %.2f seconds", timestamp(at), requestID, timeout.Seconds())}
}

func tooLargeError() functionError {
	return functionError{
		Type:    typeTooLarge,
		Message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponseBytes),
	}
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
