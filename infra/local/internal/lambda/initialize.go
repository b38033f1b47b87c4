package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// An initFailure is why an instance did not initialize.
type initFailure struct {
	kind   string // error type
	reason string // for the message, unless there is a body
	body   []byte // what the runtime posted to /runtime/init/error
	status string // of INIT_REPORT: "error" or "timeout"
}

// payload is what the caller receives.
func (f *initFailure) payload(requestID string) []byte {
	if f.body != nil {
		return f.body
	}
	return functionError{Type: f.kind, Message: "RequestId: " + requestID + " Error: " + f.reason}.json()
}

// initialize starts an instance and waits until its runtime asks for an invocation, at most until expired sends.
func (s *Supervisor) initialize(e *entry, expired <-chan time.Time) (*instance, *initFailure) {
	i, err := s.startInstance(e)
	if err != nil {
		return nil, entrypointFailure(err)
	}
	if !s.pool.add(i) {
		i.destroy()
		return nil, &initFailure{kind: typeUnknown, reason: ErrStopped.Error(), status: "error"}
	}
	failure := i.await(expired)
	if failure == nil {
		return i, nil
	}
	s.pool.forget(i)
	i.destroy()
	return nil, failure
}

// entrypointFailure is the failure to start the process.
func entrypointFailure(err error) *initFailure {
	reason := "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
	if !errors.Is(err, fs.ErrNotExist) {
		reason = err.Error()
	}
	return &initFailure{kind: typeInvalidEntrypoint, reason: reason, status: "error"}
}

// await returns nil once the runtime is ready.
func (i *instance) await(expired <-chan time.Time) *initFailure {
	select {
	case <-i.api.ready:
		return nil
	case body := <-i.api.initError:
		return reportedFailure(body)
	case <-i.process.exited:
	case <-expired:
		return &initFailure{kind: typeUnknown, reason: "Runtime did not initialize in time", status: "timeout"}
	}
	select {
	case body := <-i.api.initError:
		return reportedFailure(body)
	default:
		return &initFailure{kind: typeExit, reason: i.process.reason, status: "error"}
	}
}

func reportedFailure(body []byte) *initFailure {
	var e functionError
	if err := json.Unmarshal(body, &e); err != nil || e.Type == "" {
		e.Type = typeUnknown
	}
	return &initFailure{kind: e.Type, body: body, status: "error"}
}

// reportInit writes the line that AWS writes when an init phase failed; a successful one is part of REPORT.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
func (s *Supervisor) reportInit(e *entry, requestID, phase string, took time.Duration, f *initFailure) {
	text := fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: %s", milliseconds(took), phase, f.status)
	if f.status == "error" {
		text += "\tError Type: " + f.kind
	}
	s.platform(e, requestID, text)
}
