package edge

import (
	"context"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

// An Injector decides which calls get a fault. It is called with ("execute-api", "PostToConnection", caller's function)
// before each post, ("execute-api", "Invoke", "") before each HTTP API request, and ("socket", "close", "") for each
// message in either direction: there an Injection with Drop cuts the socket without a close frame.
type Injector interface {
	Inject(service, action, function string) Injection
}

// An Injection is the fault of one call. The zero value is none.
type Injection struct {
	Delay   time.Duration // before the call
	Status  int           // respond with this HTTP status, e.g. 500 or 429
	Code    string        // error code that goes with Status; default by status
	Message string        // default by status
	Drop    bool          // make the call, then close the connection without a response
}

// NoFaults injects nothing.
type NoFaults struct{}

// Inject implements Injector.
func (NoFaults) Inject(string, string, string) Injection { return Injection{} }

// Wait waits for the delay, or until ctx ends.
func (i Injection) Wait(ctx context.Context, c clock.Clock) {
	if i.Delay <= 0 {
		return
	}
	select {
	case <-c.After(i.Delay):
	case <-ctx.Done():
	}
}

// Response returns the status, code and message of an injection that has a Status.
func (i Injection) Response() (status int, code, message string) {
	code, message = i.Code, i.Message
	if code == "" {
		code = "InternalServerErrorException"
		if i.Status == http.StatusTooManyRequests {
			code = "LimitExceededException"
		}
	}
	if message == "" {
		message = http.StatusText(i.Status)
	}
	return i.Status, code, message
}
