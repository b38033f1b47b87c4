package edgetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// An Answer is a function's reaction to one event.
type Answer func(ctx context.Context, event []byte) (response []byte, functionError string, err error)

// An Invoker runs fake functions and records their events. It is an edge.Invoker.
type Invoker struct {
	mu      sync.Mutex
	answers map[string]Answer
	events  map[string][][]byte
}

// NewInvoker returns an Invoker without functions.
func NewInvoker() *Invoker {
	return &Invoker{answers: map[string]Answer{}, events: map[string][][]byte{}}
}

// On sets what function does.
func (i *Invoker) On(function string, answer Answer) *Invoker {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answers[function] = answer
	return i
}

// Return makes function return response every time.
func (i *Invoker) Return(function, response string) *Invoker {
	return i.On(function, func(context.Context, []byte) ([]byte, string, error) { return []byte(response), "", nil })
}

// Throw makes function end with an unhandled error.
func (i *Invoker) Throw(function, message string) *Invoker {
	return i.On(function, func(context.Context, []byte) ([]byte, string, error) {
		return []byte(fmt.Sprintf(`{"errorMessage":%q,"errorType":"Error"}`, message)), "Unhandled", nil
	})
}

// Fail makes every invocation of function fail with err.
func (i *Invoker) Fail(function string, err error) *Invoker {
	return i.On(function, func(context.Context, []byte) ([]byte, string, error) { return nil, "", err })
}

// Hang makes function wait until its timeout.
func (i *Invoker) Hang(function string) *Invoker {
	return i.On(function, func(ctx context.Context, _ []byte) ([]byte, string, error) {
		<-ctx.Done()
		return nil, "", ctx.Err()
	})
}

// Invoke implements edge.Invoker.
func (i *Invoker) Invoke(ctx context.Context, function string, payload []byte) ([]byte, string, error) {
	i.mu.Lock()
	answer := i.answers[function]
	i.events[function] = append(i.events[function], payload)
	i.mu.Unlock()
	if answer == nil {
		return nil, "", fmt.Errorf("no function %q", function)
	}
	return answer(ctx, payload)
}

// Events returns the events that function received so far.
func (i *Invoker) Events(function string) [][]byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([][]byte(nil), i.events[function]...)
}

// WaitEvents waits until function has received n events, and returns them.
func (i *Invoker) WaitEvents(t testing.TB, function string, n int) [][]byte {
	t.Helper()
	Eventually(t, func() bool { return len(i.Events(function)) >= n },
		func() string { return fmt.Sprintf("%s has %d events, want %d", function, len(i.Events(function)), n) })
	return i.Events(function)
}

// Throttled is the error of a function without a free instance.
type Throttled struct{}

// Error implements error.
func (Throttled) Error() string { return "Rate Exceeded" }

// Throttled distinguishes a throttle from other errors.
func (Throttled) Throttled() bool { return true }

// Eventually polls until ok, and fails with what says after five seconds.
func Eventually(t testing.TB, ok func() bool, what func() string) {
	t.Helper()
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatal(what())
		case <-tick.C:
		}
	}
}
