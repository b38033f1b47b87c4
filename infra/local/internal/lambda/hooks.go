package lambda

import (
	"context"
	"time"
)

// A Meter counts what AWS would bill.
type Meter interface {
	// Count adds units of an action: ("lambda", "request", 1) and ("lambda", "gb-second", memory in GB times billed seconds).
	Count(function, service, action string, units float64)
}

// An Injection is the fault of one invocation. The zero value is none.
type Injection struct {
	Delay    time.Duration // wait first
	Throttle bool          // refuse with a ThrottledError
	Error    bool          // refuse with ErrInjected
	Kill     bool          // end the instance by SIGKILL, KillAfter its invocation began
	// KillAfter is short, so that the function has begun its work. Default: 0, at once.
	KillAfter time.Duration
}

// Destination receives the outcome of asynchronous invocations: target is the ARN of a queue, topic, bus or function.
type Destination func(ctx context.Context, target string, body []byte) error

// A Line is one line of a function's output or of Lambda's own logs, without the line break.
type Line struct {
	Function  string
	RequestID string // "" during init
	Stream    string // "stdout", "stderr" or "platform" (START, END, REPORT, INIT_REPORT)
	Time      time.Time
	Text      []byte // the receiver may keep it
}
