package edge

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock"
)

type invoke func(ctx context.Context) ([]byte, string, error)

func (f invoke) Invoke(ctx context.Context, _ string, _ []byte) ([]byte, string, error) {
	return f(ctx)
}

type throttledError struct{}

func (throttledError) Error() string   { return "Rate Exceeded" }
func (throttledError) Throttled() bool { return true }

func TestCall(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		invoker  invoke
		response string
		is       error
		text     string
	}{
		{"an answer", func(context.Context) ([]byte, string, error) { return []byte("x"), "", nil }, "x", nil, ""},
		{"a function error", func(context.Context) ([]byte, string, error) {
			return []byte(`{"errorMessage":"oops"}`), "Unhandled", nil
		}, "", ErrFunction, `function failed: Unhandled: "oops"`},
		{
			"a function error without JSON", func(context.Context) ([]byte, string, error) { return []byte(`oops`), "Unhandled", nil },
			"", ErrFunction, `function failed: Unhandled: ""`,
		},
		{
			"a throttle", func(context.Context) ([]byte, string, error) { return nil, "", throttledError{} },
			"", ErrThrottled, "edge: invoke f: function is throttled: Rate Exceeded",
		},
		{
			"another error", func(context.Context) ([]byte, string, error) { return nil, "", errors.New("no such function") },
			"", ErrUnreachable, "edge: invoke f: function cannot be invoked: no such function",
		},
		{
			"no answer in time", func(ctx context.Context) ([]byte, string, error) { <-ctx.Done(); return nil, "", ctx.Err() },
			"", ErrTimeout, "edge: invoke f for 10ms: integration timed out",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			response, err := Call(t.Context(), tc.invoker, "f", nil, 10*time.Millisecond)
			if string(response) != tc.response || !errors.Is(err, tc.is) || err != nil && err.Error() != tc.text {
				t.Errorf("%q %v", response, err)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	ids := NewIDs(strings.NewReader(strings.Repeat("\xff", 11) + strings.Repeat("\x00", 23)))
	if id := ids.Next(); id != "______________8=" || !ValidID(id) {
		t.Errorf("id %q", id)
	}
	if id := ids.Next(); id != "AAAAAAAAAAAAAAA=" || !ValidID(id) {
		t.Errorf("id %q", id)
	}
	if got := ids.Trace(time.Unix(0x67320a8a, 0)); got != "Root=1-67320a8a-000000000000000000000000" {
		t.Errorf("trace %q", got)
	}
	for _, id := range []string{"", "x", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAA==", "++++++++++++++8="} {
		if ValidID(id) {
			t.Errorf("%q is taken for an id", id)
		}
	}
}

func TestIDsNeedRandomness(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := recover(); got != "edge: read randomness: EOF" {
			t.Errorf("panic %v", got)
		}
	}()
	NewIDs(strings.NewReader("")).Next()
}

// https://aws.amazon.com/api-gateway/pricing/
func TestUnits(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]float64{0: 1, 1: 1, 32 << 10: 1, 32<<10 + 1: 2, 64 << 10: 2, 128 << 10: 4} {
		if got := Units(n, 32<<10); got != want {
			t.Errorf("%d bytes are %v units, want %v", n, got, want)
		}
	}
}

func TestServicesHaveDefaults(t *testing.T) {
	t.Parallel()
	if _, err := (Services{}).WithDefaults(); !errors.Is(err, ErrNoInvoker) {
		t.Errorf("error %v", err)
	}
	s, err := Services{Invoker: invoke(nil)}.WithDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if arn := s.Account.ExecuteARN("a", "prod", "$connect"); arn != "arn:aws:execute-api:us-east-1:000000000000:a/prod/$connect" {
		t.Errorf("ARN %s", arn)
	}
	_, err = s.Authorize(&http.Request{}, nil, "", "")
	if status, code, message := Refusal(err); status != 403 || code != "AccessDeniedException" || message != "Missing Authentication Token" {
		t.Errorf("%d %s %s", status, code, message)
	}
	again, err := s.WithDefaults()
	if err != nil || again.Requests != s.Requests || again.IDs != s.IDs {
		t.Error("the throttle is not shared")
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	stopped := &stoppedClock{}
	throttle := NewThrottle(Limits{Rate: 10, Burst: 2}, stopped)
	var got bytes.Buffer
	for _, wait := range []time.Duration{0, 0, 0, 100 * time.Millisecond, 0, time.Hour, 0, 0} {
		stopped.now = stopped.now.Add(wait)
		if throttle.Allow() {
			got.WriteByte('+')
		} else {
			got.WriteByte('-')
		}
	}
	if got.String() != "++-+-++-" {
		t.Errorf("allowed %s", got.String())
	}
	if !NewThrottle(Limits{Rate: -1}, stopped).Allow() {
		t.Error("no limit refuses")
	}
}

type stoppedClock struct{ now time.Time }

func (c *stoppedClock) Now() time.Time                     { return c.now }
func (*stoppedClock) After(time.Duration) <-chan time.Time { return nil }

func TestFaultAnswer(t *testing.T) {
	t.Parallel()
	if status, code, message := (Injection{Status: 429}).Response(); status != 429 || code != "LimitExceededException" || message != "Too Many Requests" {
		t.Errorf("%d %s %s", status, code, message)
	}
	if _, code, message := (Injection{Status: 503, Code: "X", Message: "y"}).Response(); code != "X" || message != "y" {
		t.Errorf("%s %s", code, message)
	}
}

func TestFaultWaits(t *testing.T) {
	t.Parallel()
	(Injection{}).Wait(t.Context(), nil) // no delay asks no clock
	waited := make(chan struct{})
	(Injection{Delay: time.Nanosecond}).Wait(t.Context(), clock.System{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(waited)
		(Injection{Delay: time.Hour}).Wait(ctx, clock.System{})
	}()
	cancel()
	<-waited
	NoMeter{}.Count("", "", "", 1)
	if (NoFaults{}).Inject("", "", "") != (Injection{}) {
		t.Error("the defaults do something")
	}
}

func TestJSONKeepsItsCharacters(t *testing.T) {
	t.Parallel()
	if b, err := JSON("<&>é"); string(b) != `"<&>é"` || err != nil {
		t.Errorf("%s %v", b, err)
	}
	if _, err := JSON(func() {}); err == nil || err.Error() != "edge: encode func(): json: unsupported type: func()" {
		t.Errorf("error %v", err)
	}
}
