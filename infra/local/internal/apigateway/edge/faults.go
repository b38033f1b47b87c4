package edge

import (
	"context"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// Faults decides whether something is to go wrong. Asked with ("execute-api", "PostToConnection", caller's function)
// before each post, ("execute-api", "Invoke", "") before each HTTP API request, and ("socket", "close", "") for each
// message in either direction: there a Fault with Drop cuts the socket without a close frame.
type Faults interface {
	Decide(service, action, function string) Fault
}

// A Fault is what is to go wrong. The zero Fault is none.
type Fault struct {
	Delay   time.Duration // waits first
	Status  int           // answers with this HTTP status, e.g. 500 or 429
	Code    string        // error code that goes with Status; default by status
	Message string        // default by status
	Drop    bool          // does the work, then hangs up without an answer
}

// NoFaults never fails.
type NoFaults struct{}

// Decide implements Faults.
func (NoFaults) Decide(string, string, string) Fault { return Fault{} }

// Wait passes the fault's delay, or returns early when ctx ends.
func (f Fault) Wait(ctx context.Context, c clock.Clock) {
	if f.Delay <= 0 {
		return
	}
	select {
	case <-c.After(f.Delay):
	case <-ctx.Done():
	}
}

// Answer fills the defaults of a fault that has a Status.
func (f Fault) Answer() (status int, code, message string) {
	code, message = f.Code, f.Message
	if code == "" {
		code = "InternalServerErrorException"
		if f.Status == http.StatusTooManyRequests {
			code = "LimitExceededException"
		}
	}
	if message == "" {
		message = http.StatusText(f.Status)
	}
	return f.Status, code, message
}
