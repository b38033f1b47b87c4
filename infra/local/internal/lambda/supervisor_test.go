package lambda

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestInvoke(t *testing.T) {
	t.Parallel()
	s := newSetup(t, func(_ *Config, f *Function) { f.Qualifiers = []string{"live", "3"} })

	t.Run("a function answers, and the second invocation is warm", func(t *testing.T) {
		first := s.must(t, `{"Text":"a"}`)
		second := s.must(t, `{"Text":"b"}`)
		if got := string(first.Payload) + string(second.Payload); got != `{"served":1,"text":"a"}{"served":2,"text":"b"}` {
			t.Errorf("payloads %s", got)
		}
		if first.Init == 0 || second.Init != 0 || first.FunctionError != "" || first.Version != "$LATEST" {
			t.Errorf("results %+v and %+v", first, second)
		}
	})
	t.Run("no payload is an empty object", func(t *testing.T) {
		if got := s.must(t, ""); got.FunctionError != "" {
			t.Errorf("result %s", got.Payload)
		}
	})
	t.Run("an error of the function is a payload", func(t *testing.T) {
		r := s.must(t, `{"Do":"fail","Text":"broken"}`)
		if r.FunctionError != "Unhandled" || string(r.Payload) != `{"errorMessage":"broken","errorType":"errorString"}` {
			t.Errorf("result %s %s", r.FunctionError, r.Payload)
		}
	})
	t.Run("a function that was invoked by its alias sees it", func(t *testing.T) {
		r, err := s.Invoke(t.Context(), "arn:aws:lambda:us-east-1:000000000000:function:work:live", []byte(`{"Do":"context"}`))
		if err != nil {
			t.Fatal(err)
		}
		got := decode[struct {
			ARN, Request, Trace string
			Left                time.Duration
		}](t, r.Payload)
		if got.ARN != "arn:aws:lambda:us-east-1:000000000000:function:work:live" || got.Request != r.RequestID {
			t.Errorf("context %+v", got)
		}
		if got.Left < 15*time.Second || got.Left > 20*time.Second {
			t.Errorf("%s are left of 20 s", got.Left)
		}
		if !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:1$`).MatchString(got.Trace) {
			t.Errorf("trace %q", got.Trace)
		}
	})
	t.Run("what names no function is not found", func(t *testing.T) {
		for _, name := range []string{"other", "work:dev", "arn:aws:lambda:eu-west-1:000000000000:function:work", "a b", ""} {
			if _, err := s.Invoke(t.Context(), name, nil); !errors.Is(err, ErrNotFound) {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
	t.Run("a payload that is too large or no JSON is refused", func(t *testing.T) {
		large := bytes.Repeat([]byte("1"), MaxRequestBytes+1)
		if _, err := s.Invoke(t.Context(), "work", large); !errors.Is(err, ErrRequestTooLarge) {
			t.Errorf("large: %v", err)
		}
		_, err := s.Invoke(t.Context(), "work", []byte(`{"a":`))
		if !errors.Is(err, ErrInvalidRequest) || err.Error() != `lambda: invoke work: request payload is not JSON: it starts with "{\"a\":"` {
			t.Errorf("no JSON: %v", err)
		}
	})
	t.Run("a response of 6 MB passes and a larger one is an error", func(t *testing.T) {
		if r := s.must(t, `{"Do":"large","Bytes":6291000}`); r.FunctionError != "" || len(r.Payload) != 6291002 {
			t.Errorf("%s, %d bytes", r.FunctionError, len(r.Payload))
		}
		r := s.must(t, `{"Do":"large","Bytes":6291556}`)
		want := `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}`
		if r.FunctionError != "Unhandled" || string(r.Payload) != want {
			t.Errorf("%s %.200s", r.FunctionError, r.Payload)
		}
	})
	t.Run("a response that breaks off is an error", func(t *testing.T) {
		r := s.must(t, `{"Do":"broken"}`)
		if r.FunctionError != "Unhandled" || !strings.Contains(string(r.Payload), "source went away") {
			t.Errorf("%s %.200s", r.FunctionError, r.Payload)
		}
	})
	t.Run("a caller that goes away leaves the function running", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Invoke(ctx, "work", []byte(`{"Do":"print","Text":"anyway"}`)); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		eventually(t, "the function has printed", func() bool { return s.lines.find("out anyway") != "" })
	})
}

func TestInvokeCountsWhatIsBilled(t *testing.T) {
	t.Parallel()
	s := newSetup(t, func(_ *Config, f *Function) { f.MemoryMB = 512 })
	r := s.must(t, `{}`)
	if got := s.meter.get("work lambda request"); got != 1 {
		t.Errorf("%v requests", got)
	}
	if got, want := s.meter.get("work lambda gb-second"), r.Billed.Seconds()/2; got != want {
		t.Errorf("%v GB-seconds, not %v", got, want)
	}
	if r.Billed < r.Duration+r.Init || r.Billed%time.Millisecond != 0 {
		t.Errorf("billed %s of %s and %s", r.Billed, r.Duration, r.Init)
	}
}

func TestFailuresOfAnInstance(t *testing.T) {
	t.Parallel()
	s := newSetup(t, func(_ *Config, f *Function) { f.Timeout = 300 * time.Millisecond })

	t.Run("an instance that takes too long is killed", func(t *testing.T) {
		r := s.must(t, `{"Do":"wait","Wait":60000000000}`)
		got := decode[functionError](t, r.Payload)
		want := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ` + r.RequestID + ` Task timed out after 0\.30 seconds$`)
		if r.FunctionError != "Unhandled" || !want.MatchString(got.Message) {
			t.Errorf("%s %s", r.FunctionError, r.Payload)
		}
		if r.Duration < 300*time.Millisecond || r.Duration > 5*time.Second {
			t.Errorf("it took %s", r.Duration)
		}
		lines := s.lines.texts(r.RequestID)
		if len(lines) != 4 || lines[1] != "platform "+got.Message || !strings.HasSuffix(lines[3], "\tStatus: timeout") {
			t.Errorf("lines %q", lines)
		}
		if s.must(t, `{}`).Init == 0 {
			t.Error("the next invocation got an old instance")
		}
	})
	t.Run("an exit with a status is reported", func(t *testing.T) {
		r := s.must(t, `{"Do":"exit","Bytes":7}`)
		want := `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + r.RequestID + ` Error: Runtime exited with error: exit status 7"}`
		if r.FunctionError != "Unhandled" || string(r.Payload) != want {
			t.Errorf("%s %s", r.FunctionError, r.Payload)
		}
	})
	t.Run("an exit without status is reported", func(t *testing.T) {
		r := s.must(t, `{"Do":"exit"}`)
		want := `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + r.RequestID + ` Error: Runtime exited without providing a reason"}`
		if string(r.Payload) != want {
			t.Errorf("%s", r.Payload)
		}
		lines := s.lines.texts(r.RequestID)
		if last := lines[len(lines)-1]; !strings.HasSuffix(last, "\tStatus: error\tError Type: Runtime.ExitError") {
			t.Errorf("line %q", last)
		}
	})
	t.Run("a panic is reported with its stack and ends the instance", func(t *testing.T) {
		r := s.must(t, `{"Do":"panic","Text":"oh"}`)
		got := decode[map[string]any](t, r.Payload)
		if got["errorMessage"] != "oh" || got["errorType"] != "string" || got["stackTrace"] == nil {
			t.Errorf("payload %s", r.Payload)
		}
		if s.must(t, `{}`).Init == 0 {
			t.Error("the next invocation got an old instance")
		}
	})
	t.Run("an instance that died while idle is not used", func(t *testing.T) {
		s.must(t, `{}`)
		if s.Kill("work") == 0 {
			t.Fatal("no instance was killed")
		}
		if r := s.must(t, `{}`); r.FunctionError != "" && !strings.Contains(string(r.Payload), "signal: killed") {
			t.Errorf("%s", r.Payload)
		}
	})
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	one := 1
	cases := []struct {
		name   string
		change func(*Config, *Function)
		reason string
	}{
		{"the reservation of a function throttles it", func(_ *Config, f *Function) { f.ReservedConcurrency = &one }, ReasonReserved},
		{"the account's limit throttles a function", func(c *Config, _ *Function) { c.AccountConcurrency = 1 }, ReasonAccount},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, c.change)
			var wg sync.WaitGroup
			wg.Go(func() { s.must(t, `{"Do":"wait","Wait":1500000000}`) })
			eventually(t, "the first invocation runs", func() bool { return s.lines.find("START") != "" })
			_, err := s.Invoke(t.Context(), "work", nil)
			var throttled interface{ Throttled() bool }
			if !errors.Is(err, ErrThrottled) || !errors.As(err, &throttled) || !throttled.Throttled() {
				t.Errorf("error %v", err)
			}
			if want := "lambda: invoke work: Rate Exceeded. (" + c.reason + ")"; err == nil || err.Error() != want {
				t.Errorf("error %v, not %s", err, want)
			}
			wg.Wait()
			s.must(t, `{}`)
		})
	}
	t.Run("one invocation after the other never meets a reservation of one", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, func(_ *Config, f *Function) { f.ReservedConcurrency = &one })
		for range 300 {
			s.must(t, `{}`)
		}
		if got := s.Instances()["work"]; got != (InstanceCount{Idle: 1}) {
			t.Errorf("instances %+v", got)
		}
	})
	t.Run("instances are added for invocations at a time", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, nil)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if r := s.must(t, `{"Do":"wait","Wait":500000000}`); r.Init == 0 {
					t.Error("an invocation waited for an instance")
				}
			})
		}
		wg.Wait()
		if got := s.Instances()["work"]; got != (InstanceCount{Idle: 4}) {
			t.Errorf("instances %+v", got)
		}
	})
	t.Run("a bound on instances makes invocations wait for one", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, func(c *Config, _ *Function) { c.MaxInstancesPerFunction = 2 })
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { s.must(t, `{"Do":"wait","Wait":20000000}`) })
		}
		wg.Wait()
		if got := s.Instances()["work"]; got != (InstanceCount{Idle: 2}) {
			t.Errorf("instances %+v", got)
		}
	})
	t.Run("a bound on all instances ends an idle one of another function", func(t *testing.T) {
		t.Parallel()
		s := newSetup(t, func(c *Config, _ *Function) { c.MaxInstances = 1 })
		if err := s.Register(Function{Name: "other", ARN: "arn:aws:lambda:us-east-1:000000000000:function:other", CodeDir: codeDir}); err != nil {
			t.Fatal(err)
		}
		s.must(t, `{}`)
		if _, err := s.Invoke(t.Context(), "other", nil); err != nil {
			t.Fatal(err)
		}
		if got := s.Instances(); len(got) != 1 || got["other"] != (InstanceCount{Idle: 1}) {
			t.Errorf("instances %+v", got)
		}
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	s := newSetup(t, nil)
	result := make(chan Result, 1)
	go func() {
		r, _ := s.Invoke(context.Background(), "work", []byte(`{"Do":"wait","Wait":60000000000}`))
		result <- r
	}()
	eventually(t, "the invocation runs", func() bool { return s.lines.find("START") != "" })
	s.Stop()
	s.Stop()
	if r := <-result; !strings.Contains(string(r.Payload), "signal: killed") {
		t.Errorf("payload %s", r.Payload)
	}
	if _, err := s.Invoke(t.Context(), "work", nil); !errors.Is(err, ErrStopped) {
		t.Errorf("error %v", err)
	}
}
