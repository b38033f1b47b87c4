package lambda

import "time"

// A Result is what an invocation that reached the function gives.
type Result struct {
	Payload       []byte // the function's answer, or the error as {"errorType","errorMessage",...}
	FunctionError string // "" or "Unhandled", the value of X-Amz-Function-Error
	RequestID     string // UUID
	Version       string // X-Amz-Executed-Version
	Duration      time.Duration
	Billed        time.Duration // Duration and Init, in whole milliseconds begun
	Init          time.Duration // of a cold start; 0 when warm
	MaxMemoryMB   int           // 0 where the system does not tell
}
