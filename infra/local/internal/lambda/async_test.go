package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock/clocktest"
)

// A destinations hook records what is delivered.
type destinations struct {
	mu  sync.Mutex
	got map[string]string
}

func (d *destinations) deliver(_ context.Context, target string, body []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got[target] = string(body)
	return nil
}

func (d *destinations) at(target string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.got[target]
}

func TestInvokeAsync(t *testing.T) {
	t.Parallel()
	prepare := func(t *testing.T, change func(*Config, *Function)) (*setup, *clocktest.Clock, *destinations) {
		clock, d := clocktest.New(time.Now()), &destinations{got: map[string]string{}}
		s := newSetup(t, func(c *Config, f *Function) {
			c.Clock, c.Deliver, c.IdleTimeout = clock, d.deliver, time.Hour
			f.OnSuccess, f.OnFailure, f.DeadLetter = "success", "failure", "dead"
			if change != nil {
				change(c, f)
			}
		})
		return s, clock, d
	}
	t.Run("a success is recorded", func(t *testing.T) {
		t.Parallel()
		s, clock, d := prepare(t, nil)
		if err := s.InvokeAsync(t.Context(), "work", []byte(`{"Text":"a"}`)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is recorded", func() bool { return d.at("success") != "" })
		got := decode[invocationRecord](t, []byte(d.at("success")))
		if got.Version != "1.0" || got.Timestamp != timestamp(clock.Now()) || string(got.RequestPayload) != `{"Text":"a"}` ||
			string(*got.ResponsePayload) != `{"served":1,"text":"a"}` || *got.ResponseContext != (recordResponse{StatusCode: 200, ExecutedVersion: "$LATEST"}) {
			t.Errorf("record %s", d.at("success"))
		}
		want := recordRequest{RequestID: got.RequestContext.RequestID, FunctionARN: "arn:aws:lambda:us-east-1:000000000000:function:work:$LATEST", Condition: "Success", ApproximateInvokeCount: 1}
		if got.RequestContext != want || len(want.RequestID) != 36 {
			t.Errorf("record %+v", got.RequestContext)
		}
	})
	t.Run("a failure is tried again after one and two minutes with the same request id", func(t *testing.T) {
		t.Parallel()
		s, clock, d := prepare(t, nil)
		if err := s.InvokeAsync(t.Context(), "work", []byte(`{"Do":"fail","Text":"no"}`)); err != nil {
			t.Fatal(err)
		}
		for n, delay := range []time.Duration{time.Minute, 2 * time.Minute} {
			eventually(t, "it waits "+delay.String(), func() bool { return clock.Waiting(delay) })
			if got := s.meter.get("work lambda request"); got != float64(n+1) {
				t.Errorf("%v tries before the wait of %s", got, delay)
			}
			clock.Advance(delay)
		}
		eventually(t, "it is recorded", func() bool { return d.at("dead") != "" })
		got := decode[invocationRecord](t, []byte(d.at("failure")))
		if got.RequestContext.Condition != "RetriesExhausted" || got.RequestContext.ApproximateInvokeCount != 3 || got.ResponseContext.FunctionError != "Unhandled" {
			t.Errorf("record %s", d.at("failure"))
		}
		if lines := s.lines.texts(got.RequestContext.RequestID); strings.Count(strings.Join(lines, "\n"), "START") != 3 {
			t.Errorf("lines %q", lines)
		}
		if d.at("dead") != `{"Do":"fail","Text":"no"}` || d.at("success") != "" {
			t.Errorf("dead letter %s", d.at("dead"))
		}
	})
	t.Run("a throttled event waits longer and longer until it is too old", func(t *testing.T) {
		t.Parallel()
		none := 0
		s, clock, d := prepare(t, func(_ *Config, f *Function) { f.ReservedConcurrency, f.MaxEventAge = &none, 10*time.Second })
		if err := s.InvokeAsync(t.Context(), "work", nil); err != nil {
			t.Fatal(err)
		}
		for _, delay := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
			eventually(t, "it waits "+delay.String(), func() bool { return clock.Waiting(delay) })
			clock.Advance(delay)
		}
		eventually(t, "it is recorded", func() bool { return d.at("failure") != "" })
		got := decode[invocationRecord](t, []byte(d.at("failure")))
		if got.RequestContext.Condition != "EventAgeExceeded" || got.RequestContext.ApproximateInvokeCount != 0 || got.ResponseContext != nil {
			t.Errorf("record %s", d.at("failure"))
		}
	})
	t.Run("an event over 1 MB is refused", func(t *testing.T) {
		t.Parallel()
		s, _, _ := prepare(t, nil)
		large, _ := json.Marshal(strings.Repeat("x", MaxAsyncRequestBytes))
		if err := s.InvokeAsync(t.Context(), "work", large); !errors.Is(err, ErrRequestTooLarge) {
			t.Errorf("error %v", err)
		}
		if err := s.InvokeAsync(t.Context(), "other", nil); !errors.Is(err, ErrNotFound) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("stop drops an event that waits", func(t *testing.T) {
		t.Parallel()
		s, clock, d := prepare(t, nil)
		if err := s.InvokeAsync(t.Context(), "work", []byte(`{"Do":"fail"}`)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it waits", func() bool { return clock.Waiting(time.Minute) })
		s.Stop()
		if d.at("failure") != "" {
			t.Error("it was given up")
		}
	})
}

func TestIdleInstancesAreReaped(t *testing.T) {
	t.Parallel()
	clock := clocktest.New(time.Now())
	s := newSetup(t, func(c *Config, _ *Function) { c.Clock, c.IdleTimeout = clock, 5*time.Minute })
	pid := decode[int](t, s.must(t, `{"Do":"pid"}`).Payload)
	for range 4 {
		eventually(t, "the reaper waits", func() bool { return clock.Waiting(time.Minute) })
		clock.Advance(time.Minute)
	}
	eventually(t, "the reaper waits", func() bool { return clock.Waiting(time.Minute) })
	if !running(pid) {
		t.Error("it ended after four minutes")
	}
	for range 2 {
		eventually(t, "the reaper waits", func() bool { return clock.Waiting(time.Minute) })
		clock.Advance(time.Minute)
	}
	eventually(t, "it has ended", func() bool { return !running(pid) })
}

func TestFaults(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		fault Injection
		check func(*testing.T, Result, error)
	}{
		{"a throttle", Injection{Throttle: true}, func(t *testing.T, _ Result, err error) {
			if !errors.Is(err, ErrThrottled) || err.Error() != "lambda: invoke work: Rate Exceeded. (CallerRateLimitExceeded)" {
				t.Errorf("error %v", err)
			}
		}},
		{"an error", Injection{Error: true}, func(t *testing.T, _ Result, err error) {
			if !errors.Is(err, ErrInjected) || err.Error() != "lambda: invoke work: service error injected by fault" {
				t.Errorf("error %v", err)
			}
		}},
		{"a delay", Injection{Delay: 30 * time.Millisecond}, func(t *testing.T, r Result, err error) {
			if err != nil || r.FunctionError != "" {
				t.Errorf("%s, error %v", r.Payload, err)
			}
		}},
		{"a kill", Injection{Kill: true, KillAfter: 10 * time.Millisecond}, func(t *testing.T, r Result, err error) {
			want := `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + r.RequestID + ` Error: Runtime exited with error: signal: killed"}`
			if err != nil || string(r.Payload) != want {
				t.Errorf("%s, error %v", r.Payload, err)
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name+" is injected", func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, func(cfg *Config, _ *Function) {
				cfg.Faults = func(function string) Injection {
					if function != "work" {
						t.Errorf("asked for %q", function)
					}
					return c.fault
				}
			})
			began := time.Now()
			r, err := s.Invoke(t.Context(), "work", []byte(`{"Do":"wait","Wait":500000000}`))
			c.check(t, r, err)
			if took := time.Since(began); took < c.fault.Delay {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestAColdStartIsSlowed(t *testing.T) {
	t.Parallel()
	const slow = 120 * time.Millisecond
	starts := 0
	s := newSetup(t, func(c *Config, _ *Function) {
		c.ColdStart = func(string) time.Duration {
			starts++
			return slow
		}
	})
	if r := s.must(t, `{}`); r.Init < slow {
		t.Errorf("init took %s", r.Init)
	}
	if r := s.must(t, `{}`); r.Init != 0 || starts != 1 {
		t.Errorf("a warm invocation has an init of %s, %d starts", r.Init, starts)
	}
}
