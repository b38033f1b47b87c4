package runtimetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

// Budgets of a start, up to the first answer. The time of a start is held to its CPU, twice the 30 ms that it may take on an
// idle machine: how long it takes depends on what else the machine does.
const (
	maxPeakMB = 35
	maxCPU    = 60 * time.Millisecond
)

func TestFunctionAnswersItsFirstEvent(t *testing.T) {
	t.Parallel()
	first := firstEvents(t)
	for _, function := range functions(t) {
		t.Run(function, func(t *testing.T) {
			t.Parallel()
			want, ok := first[function]
			if !ok {
				t.Fatal("firstEvents has no event for it")
			}
			got := invoke(t, function, []byte(want.event))
			if !strings.HasSuffix(got.answer.path, "/request-1/response") || !strings.Contains(got.answer.body, want.answer) {
				t.Errorf("answered %s %s, want %s", got.answer.path, got.answer.body, want.answer)
			}
			if inAnyOrder(got.aws.seen()) != inAnyOrder(want.calls) {
				t.Errorf("called %s, want %s", got.aws.seen(), want.calls)
			}
			for line := range strings.Lines(got.log) {
				if !json.Valid([]byte(line)) || strings.Contains(line, "secret") || strings.Contains(line, signingKey) {
					t.Errorf("logged %s", line)
				}
			}
			t.Logf("answered %v after its start, with %v of CPU and %.1f MB", got.first.Round(time.Millisecond), got.cpu, got.peakMB)
			if got.peakMB > maxPeakMB || got.cpu > maxCPU {
				t.Errorf("%.1f MB and %v of CPU, want at most %d MB and %v", got.peakMB, got.cpu, maxPeakMB, maxCPU)
			}
		})
	}
}

// inAnyOrder sorts calls, of which some are concurrent.
func inAnyOrder(calls string) string {
	return strings.Join(slices.Sorted(strings.SplitSeq(calls, ", ")), ", ")
}

func TestMissingVariableStopsTheFunction(t *testing.T) {
	t.Parallel()
	for _, function := range functions(t) {
		required, ok := variables[function]
		if !ok {
			t.Errorf("variables has none for %s", function)
		}
		for _, missing := range required {
			t.Run(function+" without "+missing, func(t *testing.T) {
				t.Parallel()
				built := binary(t, function)
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				process := exec.CommandContext(ctx, built)
				for _, variable := range environment("http://127.0.0.1:1") {
					if !strings.HasPrefix(variable, missing+"=") {
						process.Env = append(process.Env, variable)
					}
				}
				out, err := process.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != 1 {
					t.Errorf("ended with %v", err)
				}
				var line struct{ Level, Function, Message string }
				if err := json.Unmarshal(out, &line); err != nil || line.Level != "ERROR" || line.Function != path.Base(function) ||
					!strings.Contains(string(out), "env: "+missing+" is not set") {
					t.Errorf("logged %s", out)
				}
			})
		}
	}
}

// BenchmarkColdStart reports the time from the start of a process to its first answer, and its memory then.
func BenchmarkColdStart(b *testing.B) {
	first := firstEvents(b)
	for _, f := range functions(b) {
		b.Run(f, func(b *testing.B) {
			binary(b, f)
			var answered time.Duration
			var peak float64
			for b.Loop() {
				got := invoke(b, f, []byte(first[f].event))
				answered += got.first
				peak = max(peak, got.peakMB)
			}
			b.ReportMetric(float64(answered.Microseconds())/1000/float64(b.N), "ms/first-answer")
			b.ReportMetric(peak, "MB-peak")
		})
	}
}

// BenchmarkFullBatch reports the memory of deliver after the largest batch of its event source mapping: ten chunks of 250.
func BenchmarkFullBatch(b *testing.B) {
	binary(b, "notificationhub/deliver")
	var connections, records []string
	for i := range 250 {
		connections = append(connections, fmt.Sprintf(`{\"id\":\"L0SM9cOF%dA=\"}`, i))
	}
	for i := range 10 {
		records = append(records, fmt.Sprintf(`{"messageId":"%d","body":"{\"room_id\":\"r\",\"messages\":[{\"id\":\"m\",\"data\":1}],\"connections\":[%s]}"}`,
			i, strings.Join(connections, ",")))
	}
	event := []byte(`{"Records":[` + strings.Join(records, ",") + `]}`)
	var peak float64
	for b.Loop() {
		got := invoke(b, "notificationhub/deliver", event)
		if got.answer.body != `{"batchItemFailures":[]}` {
			b.Fatalf("answered %s", got.answer.body)
		}
		peak = max(peak, got.peakMB)
	}
	b.ReportMetric(peak, "MB-peak")
}
