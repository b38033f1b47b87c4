package lambda

import (
	"fmt"
	"strings"
	"time"
)

// A course is the course of one invocation.
type course struct {
	payload []byte
	failed  bool
	status  string // of REPORT: "", "error" or "timeout"
	kind    string // error type of REPORT
	usable  bool   // the instance can serve again
}

// run executes inv in an instance, cold or warm, logs what AWS logs and releases the instance.
func (s *Supervisor) run(e *entry, inv *invocation) (Result, error) {
	i, err := s.pool.acquire(e)
	if err != nil {
		return Result{}, err
	}
	var init time.Duration
	if i == nil {
		i, init = s.coldStart(e)
	}
	began := s.cfg.Clock.Now()
	inv.deadline = began.Add(e.function.Timeout)
	expired := s.cfg.Clock.After(e.function.Timeout)
	s.platform(e, inv.requestID, "START RequestId: "+inv.requestID+" Version: "+e.function.Version)
	var c course
	if i == nil {
		i, c = s.retryInit(e, inv, expired)
	}
	if i != nil {
		c = s.serve(i, inv, expired)
	}
	return s.conclude(e, i, inv, c, began, init), nil
}

// coldStart initializes an instance; nil after a failure, after which AWS tries again inside the invocation.
func (s *Supervisor) coldStart(e *entry) (*instance, time.Duration) {
	began := s.cfg.Clock.Now()
	if slow := s.cfg.ColdStart(e.function.Name); slow > 0 {
		select {
		case <-s.cfg.Clock.After(slow):
		case <-s.ctx.Done():
		}
	}
	i, failure := s.initialize(e, s.cfg.Clock.After(s.cfg.InitTimeout))
	took := s.cfg.Clock.Now().Sub(began)
	if failure != nil {
		s.reportInit(e, "", "init", took, failure)
	}
	return i, took
}

// retryInit initializes an instance on the invocation's own time.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-init-errors
func (s *Supervisor) retryInit(e *entry, inv *invocation, expired <-chan time.Time) (*instance, course) {
	began := s.cfg.Clock.Now()
	i, failure := s.initialize(e, expired)
	if failure == nil {
		return i, course{}
	}
	s.pool.lost(e.function.Name)
	now := s.cfg.Clock.Now()
	s.reportInit(e, inv.requestID, "invoke", now.Sub(began), failure)
	if failure.status == "timeout" {
		return nil, s.timedOut(e, inv, now)
	}
	return nil, course{payload: failure.payload(inv.requestID), failed: true, status: "error", kind: failure.kind}
}

// serve passes inv to i and waits for the answer and for the runtime's next request.
func (s *Supervisor) serve(i *instance, inv *invocation, expired <-chan time.Time) course {
	var kill <-chan time.Time
	if inv.injected.Kill {
		kill = s.cfg.Clock.After(inv.injected.KillAfter)
	}
	i.begin(inv)
	for {
		select {
		case <-kill:
			i.process.kill()
			kill = nil
		case <-inv.finished:
			c := answered(inv)
			c.usable = true
			return c
		case <-i.process.exited:
			return ended(i, inv)
		case <-expired:
			return s.expire(i, inv)
		}
	}
}

// answered is the course of an invocation that has its answer.
func answered(inv *invocation) course {
	ans := <-inv.answered
	return course{payload: ans.payload, failed: ans.failed}
}

// ended is the course of an exit. A runtime may exit after it has answered, as Go's does after a panic.
func ended(i *instance, inv *invocation) course {
	c := course{payload: exitError(inv.requestID, i.process.reason).json(), failed: true}
	select {
	case ans := <-inv.answered:
		c = course{payload: ans.payload, failed: ans.failed}
	default:
	}
	c.status, c.kind = "error", typeExit
	return c
}

// expire kills an instance that timed out. An earlier answer counts.
func (s *Supervisor) expire(i *instance, inv *invocation) course {
	i.measure()
	i.process.kill()
	<-i.process.exited
	c := s.timedOut(i.entry, inv, s.cfg.Clock.Now())
	select {
	case ans := <-inv.answered:
		c.payload, c.failed = ans.payload, ans.failed
	default:
	}
	return c
}

func (s *Supervisor) timedOut(e *entry, inv *invocation, now time.Time) course {
	failure := timeoutError(now, inv.requestID, e.function.Timeout)
	s.platform(e, inv.requestID, failure.Message)
	return course{payload: failure.json(), failed: true, status: "timeout"}
}

// conclude reports and meters the invocation and releases the instance.
func (s *Supervisor) conclude(e *entry, i *instance, inv *invocation, c course, began time.Time, init time.Duration) Result {
	now := s.cfg.Clock.Now()
	r := Result{Payload: c.payload, RequestID: inv.requestID, Version: e.function.Version, Duration: now.Sub(began), Init: init}
	if c.failed {
		r.FunctionError = unhandled
	}
	r.Billed = (r.Duration + init + time.Millisecond - 1).Truncate(time.Millisecond)
	if i != nil {
		if c.usable {
			i.measure()
		}
		r.MaxMemoryMB = i.peakMB
		s.warnOfMemory(e.function, i)
	}
	s.platform(e, inv.requestID, "END RequestId: "+inv.requestID)
	s.platform(e, inv.requestID, report(e.function, r, c))
	s.cfg.Meter.Count(e.function.Name, "lambda", "request", 1)
	s.cfg.Meter.Count(e.function.Name, "lambda", "gb-second", float64(e.function.MemoryMB)/1024*r.Billed.Seconds())
	switch {
	case i == nil:
	case c.usable:
		s.pool.release(i, now)
	default:
		s.pool.remove(i)
	}
	return r
}

// warnOfMemory logs, once an instance, that AWS would have killed it. No limit is set: RLIMIT_AS under 1 GB ends a Go runtime
// at its start, and RLIMIT_DATA counts mappings, so that it refuses 110 of 128 MB.
func (s *Supervisor) warnOfMemory(f Function, i *instance) {
	if i.peakMB <= f.MemoryMB || i.warned {
		return
	}
	i.warned = true
	s.cfg.Logger.Warn("function exceeded its memory and would have been killed on AWS", "function", f.Name, "memory_mb", f.MemoryMB, "used_mb", i.peakMB)
}

// report formats the REPORT line. The init phase is billed since August 2025.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
func report(f Function, r Result, c course) string {
	var b strings.Builder
	fmt.Fprintf(&b, "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB",
		r.RequestID, milliseconds(r.Duration), r.Billed.Milliseconds(), f.MemoryMB, r.MaxMemoryMB)
	if r.Init > 0 {
		fmt.Fprintf(&b, "\tInit Duration: %.2f ms", milliseconds(r.Init))
	}
	if c.status != "" {
		b.WriteString("\tStatus: " + c.status)
	}
	if c.kind != "" {
		b.WriteString("\tError Type: " + c.kind)
	}
	return b.String()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
