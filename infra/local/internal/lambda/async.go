package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// maxThrottleDelay is the longest wait before a throttled event is retried.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const maxThrottleDelay = 5 * time.Minute

// InvokeAsync accepts an event and runs it in the background: at most Function.MaxRetries retries after errors of the
// function, and as many as its age allows while it is throttled. The outcome goes to the function's destinations, a failure
// without one to the log. Errors are those of Invoke about the request.
func (s *Supervisor) InvokeAsync(ctx context.Context, function string, payload []byte) error {
	e, qualifier, err := s.lookup(function)
	if err != nil {
		return fmt.Errorf("lambda: invoke: %w", err)
	}
	if payload, err = checkPayload(payload, MaxAsyncRequestBytes); err != nil {
		return fmt.Errorf("lambda: invoke %s: %w", e.function.Name, err)
	}
	ev := &event{function: e.function.Name, qualifier: qualifier, payload: payload, accepted: s.cfg.Clock.Now(), requestID: uuid.New(), chain: lineage.FromContext(ctx)}
	if !s.spawn(func() { s.runEvent(ev) }) {
		return fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ErrStopped)
	}
	return nil
}

// An event is an asynchronous invocation. All its attempts have the same request id.
type event struct {
	function, qualifier, requestID string
	payload                        []byte
	accepted                       time.Time
	tries                          int // attempts that reached the function
	throttles                      int
	chain                          lineage.Lineage
}

// runEvent invokes until the event succeeds, fails permanently, or the supervisor stops.
func (s *Supervisor) runEvent(ev *event) {
	for {
		e, _, err := s.lookup(ev.function)
		if err != nil {
			return // stopped: functions are never removed
		}
		inv := newInvocation(e.function, ev.qualifier, ev.payload, s.cfg.Clock.Now(), ev.chain)
		inv.requestID = ev.requestID
		result, err := s.invoke(s.ctx, e, inv)
		if s.ctx.Err() != nil {
			return
		}
		if err == nil {
			ev.tries++
		}
		if err == nil && result.FunctionError == "" {
			s.deliver(e.function, e.function.OnSuccess, record(e.function, ev, "Success", &result, s.cfg.Clock.Now()))
			return
		}
		delay, condition := s.afterFailure(e.function, ev, err)
		if condition != "" {
			s.giveUp(e.function, ev, condition, result, err)
			return
		}
		select {
		case <-s.cfg.Clock.After(delay):
		case <-s.ctx.Done():
			return
		}
	}
}

// afterFailure returns the delay before the next attempt, or the condition with which AWS gives up.
func (s *Supervisor) afterFailure(f Function, ev *event, err error) (delay time.Duration, condition string) {
	if errors.Is(err, ErrRecursive) {
		return 0, "RecursiveInvocation" // AWS documents that the event is dropped, not under which condition
	}
	if err != nil { // throttled or an error of the service: not counted as an attempt
		delay = min(s.cfg.ThrottleDelay<<min(ev.throttles, 20), maxThrottleDelay)
		ev.throttles++
	} else {
		if ev.tries > *f.MaxRetries {
			return 0, "RetriesExhausted"
		}
		delay = s.cfg.RetryDelays[min(ev.tries-1, len(s.cfg.RetryDelays)-1)]
	}
	if s.cfg.Clock.Now().Add(delay).Sub(ev.accepted) > f.MaxEventAge {
		return 0, "EventAgeExceeded"
	}
	return delay, ""
}

// giveUp sends the failure to the function's destination or dead-letter queue, else to the log.
func (s *Supervisor) giveUp(f Function, ev *event, condition string, result Result, err error) {
	if f.OnFailure == "" && f.DeadLetter == "" {
		s.cfg.Logger.Error("asynchronous event discarded", "function", f.Name, "request_id", ev.requestID, "condition", condition,
			"tries", ev.tries, "error", errorText(result, err))
		return
	}
	var outcome *Result
	if err == nil {
		outcome = &result
	}
	s.deliver(f, f.OnFailure, record(f, ev, condition, outcome, s.cfg.Clock.Now()))
	s.deliver(f, f.DeadLetter, ev.payload) // a dead-letter queue gets the event itself
}

func errorText(result Result, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(result.Payload)
}

// deliver sends body to target, if there is one.
func (s *Supervisor) deliver(f Function, target string, body []byte) {
	if target == "" {
		return
	}
	err := errors.New("no destination hook")
	if s.cfg.Deliver != nil {
		err = s.cfg.Deliver(s.ctx, target, body)
	}
	if err != nil {
		s.cfg.Logger.Error("event not delivered to its destination", slog.String("function", f.Name), slog.String("destination", target), slog.Any("error", err))
	}
}

// invocationRecord is what a destination receives.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
type invocationRecord struct {
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	RequestContext  recordRequest    `json:"requestContext"`
	RequestPayload  json.RawMessage  `json:"requestPayload"`
	ResponseContext *recordResponse  `json:"responseContext,omitempty"`
	ResponsePayload *json.RawMessage `json:"responsePayload,omitempty"`
}

type recordRequest struct {
	RequestID              string `json:"requestId"`
	FunctionARN            string `json:"functionArn"`
	Condition              string `json:"condition"`
	ApproximateInvokeCount int    `json:"approximateInvokeCount"`
}

type recordResponse struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"`
}

// record returns an invocation record; result is nil when the event never reached the function.
func record(f Function, ev *event, condition string, result *Result, now time.Time) []byte {
	r := invocationRecord{
		Version:   "1.0",
		Timestamp: timestamp(now),
		RequestContext: recordRequest{
			RequestID: ev.requestID, FunctionARN: f.ARN + ":" + recordQualifier(ev), Condition: condition, ApproximateInvokeCount: ev.tries,
		},
		RequestPayload: ev.payload,
	}
	if result != nil {
		r.ResponseContext = &recordResponse{StatusCode: 200, ExecutedVersion: result.Version, FunctionError: result.FunctionError}
		answer := json.RawMessage(result.Payload)
		if !json.Valid(answer) {
			answer, _ = json.Marshal(string(result.Payload)) // a string always marshals
		}
		r.ResponsePayload = &answer
	}
	body, err := json.Marshal(r)
	if err != nil { // the parts are valid JSON
		return []byte(`{}`)
	}
	return body
}

func recordQualifier(ev *event) string {
	if ev.qualifier == "" {
		return latest
	}
	return ev.qualifier
}
