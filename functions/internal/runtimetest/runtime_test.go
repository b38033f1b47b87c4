package runtimetest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A runtimeAPI hands one event to a function and waits for the answer.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	event  []byte
	handed chan struct{} // holds one event until it is handed out
	answer chan answer
}

// An answer is what a function made of its event.
type answer struct {
	path string // ends with /response or /error
	body string
	at   time.Time
}

func newRuntimeAPI(event []byte) *runtimeAPI {
	api := &runtimeAPI{event: event, handed: make(chan struct{}, 1), answer: make(chan answer, 1)}
	api.handed <- struct{}{}
	return api
}

func (api *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/invocation/next") {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		api.answer <- answer{r.URL.Path, string(body), time.Now()}
		return
	}
	select {
	case <-api.handed:
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Lambda-Runtime-Aws-Request-Id", "request-1")
	w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(20*time.Second).UnixMilli(), 10))
	w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:f")
	_, _ = w.Write(api.event)
}

// A run is one start of a function with one event.
type run struct {
	answer answer
	first  time.Duration // from the start of the process to its answer
	cpu    time.Duration // of the process, from its start to its answer
	peakMB float64       // resident memory
	log    string
	aws    *awsEndpoint
}

// invoke starts the function, gives it the event, and ends it.
func invoke(t testing.TB, function string, event []byte) run {
	t.Helper()
	api, endpoint := newRuntimeAPI(event), &awsEndpoint{}
	runtimeServer, awsServer := httptest.NewServer(api), httptest.NewServer(endpoint)
	defer awsServer.Close()
	defer runtimeServer.Close()

	built := binary(t, function)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	process := exec.CommandContext(ctx, built)
	process.Env = append(environment(awsServer.URL), "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(runtimeServer.URL, "http://"))
	var log strings.Builder
	process.Stdout, process.Stderr = &log, &log
	start := time.Now()
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { _ = process.Wait(); close(exited) }()
	select {
	case got := <-api.answer:
		peak := peakMB(process.Process.Pid)
		_ = process.Process.Kill()
		<-exited
		cpu := process.ProcessState.UserTime() + process.ProcessState.SystemTime()
		return run{answer: got, first: got.at.Sub(start), cpu: cpu, peakMB: peak, log: log.String(), aws: endpoint}
	case <-exited:
		t.Fatalf("%s ended without an answer: %s", function, log.String())
		return run{}
	}
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMB is the most memory the process has had, or 0 where the system does not say.
func peakMB(pid int) float64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	found := peakLine.FindSubmatch(status)
	if found == nil {
		return 0
	}
	kb, _ := strconv.ParseFloat(string(found[1]), 64)
	return kb / 1024
}
