package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// codeDir holds the bootstrap that all tests run: testdata/handler, built for this machine.
var codeDir string

// parentVariable makes the test binary play a parent that is about to be killed.
const parentVariable = "LAMBDA_TEST_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentVariable); dir != "" {
		playParent(dir)
	}
	dir, err := os.MkdirTemp("", "lambda-test-")
	if err == nil {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, "bootstrap"), "./testdata/handler")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the function:", err)
		os.Exit(1)
	}
	codeDir = dir
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// A setup is a supervisor with one function, "work", and what its hooks received.
type setup struct {
	*Supervisor
	lines *lineRecorder
	meter *meterRecorder
}

func newSetup(t testing.TB, change func(*Config, *Function)) *setup {
	t.Helper()
	s := &setup{lines: &lineRecorder{}, meter: &meterRecorder{units: map[string]float64{}}}
	cfg := Config{WorkDir: t.TempDir(), Sink: s.lines.add, Meter: s.meter, Logger: slog.New(slog.DiscardHandler)}
	f := Function{Name: "work", ARN: "arn:aws:lambda:us-east-1:000000000000:function:work", CodeDir: codeDir, Timeout: 20 * time.Second}
	if change != nil {
		change(&cfg, &f)
	}
	var err error
	if s.Supervisor, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if err := removeReadOnly(cfg.WorkDir); err != nil { // t.TempDir cannot remove read-only code
			t.Error(err)
		}
	})
	if err := s.Register(f); err != nil {
		t.Fatal(err)
	}
	return s
}

// must invokes "work" and fails the test when the invocation was refused.
func (s *setup) must(t testing.TB, event string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	result, err := s.Invoke(ctx, "work", []byte(event))
	if err != nil {
		t.Fatalf("invoke with %s: %v", event, err)
	}
	return result
}

// decode reads a payload as a T.
func decode[T any](t testing.TB, payload []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(payload, &v); err != nil {
		t.Fatalf("payload %.200s: %v", payload, err)
	}
	return v
}

type lineRecorder struct {
	mu    sync.Mutex
	lines []Line
}

func (r *lineRecorder) add(l Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, l)
}

// texts returns the lines of a request, each with its stream in front.
func (r *lineRecorder) texts(requestID string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var texts []string
	for _, l := range r.lines {
		if l.RequestID == requestID {
			texts = append(texts, l.Stream+" "+string(l.Text))
		}
	}
	return texts
}

// find returns the first line that contains text, or "".
func (r *lineRecorder) find(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lines {
		if strings.Contains(string(l.Text), text) {
			return string(l.Text)
		}
	}
	return ""
}

type meterRecorder struct {
	mu    sync.Mutex
	units map[string]float64
}

func (m *meterRecorder) Count(function, service, action string, units float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.units[function+" "+service+" "+action] += units
}

func (m *meterRecorder) get(key string) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.units[key]
}

// eventually polls until ok holds or ten seconds have passed.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("timed out waiting until %s", what)
		case <-tick.C:
		}
	}
}
