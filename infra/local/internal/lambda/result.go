package lambda

import "time"

// A Result is the outcome of an invocation that reached the function.
type Result struct {
	Payload       []byte // the function's response, or the error as {"errorType","errorMessage",...}
	FunctionError string // "" or "Unhandled", the value of X-Amz-Function-Error
	RequestID     string // UUID
	Version       string // X-Amz-Executed-Version
	Duration      time.Duration
	Billed        time.Duration // Duration and Init, rounded up to milliseconds
	Init          time.Duration // of a cold start; 0 when warm
	MaxMemoryMB   int           // 0 where the system does not report it
}
