package readme

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	// patience bounds every wait. It is long, for machines that do other things too; nothing that works takes as long.
	patience = 2 * time.Minute
	// startWithin bounds a start that may install, compile and synthesize first.
	startWithin = 20 * time.Minute
)

// A process is a command of a page while it runs, with its children: a group that gets Ctrl-C as one of a terminal does.
type process struct {
	command *exec.Cmd
	output  *transcript
	ended   chan struct{}
}

// launch runs a command line in a shell and does not wait for it.
func launch(t *testing.T, dir, line string, environment ...string) *process {
	t.Helper()
	p := &process{command: exec.Command("sh", "-c", line), output: &transcript{}, ended: make(chan struct{})}
	p.command.Dir = dir
	p.command.Env = environ(environment...)
	p.command.Stdout, p.command.Stderr = p.output, p.output
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.command.WaitDelay = patience
	if _, err := p.command.StdinPipe(); err != nil { // open for as long as it runs, as a terminal is
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.command.Wait() // how it ended stays in ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() {
		if !p.hasEnded() {
			_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
			<-p.ended
		}
		if t.Failed() {
			t.Logf("%s printed:\n%s", line, p.output.tail())
		}
	})
	return p
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// interrupt presses Ctrl-C and waits until nothing of the group runs.
func (p *process) interrupt(t *testing.T) {
	t.Helper()
	group := p.command.Process.Pid
	if err := syscall.Kill(-group, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, func() error {
		if err := syscall.Kill(-group, 0); !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("after Ctrl-C a process of the group is left: %w", err)
		}
		return nil
	})
	<-p.ended
}

// A stage is what `make run` has started: the rows of its table.
type stage struct {
	*process
	rows map[string]string
}

// row is a line of the table: a label, which is an output's name or has spaces, and what it stands for.
var row = regexp.MustCompile(`(?m)^  (AWS endpoint|token \([^)]*\)|\S+) +(\S.*)$`)

// start types a command that starts the stage on the usual port and waits for its table.
func start(t *testing.T, dir, line string) *stage {
	t.Helper()
	needPort(t, line)
	s := &stage{process: launch(t, dir, line), rows: map[string]string{}}
	eventually(t, startWithin, func() error {
		for _, found := range row.FindAllStringSubmatch(s.output.String(), -1) {
			s.rows[found[1]] = strings.TrimSpace(found[2])
		}
		switch {
		case s.rows["stop"] != "": // the last row
			return nil
		case s.hasEnded():
			return hopeless{fmt.Errorf("%s has ended: %v", line, s.command.ProcessState)}
		}
		return fmt.Errorf("%s does not print its table", line)
	})
	return s
}

// needPort fails where the command could not have the port that it takes without a flag. That is no fault of the command, and
// nothing that the test may decide by another port: then it would run another command.
func needPort(t *testing.T, line string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:4566")
	if err != nil {
		t.Fatalf("port 4566, which %q takes, is in use: end what uses it, perhaps a local stage, and test again: %v", line, err)
	}
	listener.Close()
}

// awsConfig is that of the administrator.
func (s *stage) awsConfig() aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.endpoint()),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

func (s *stage) endpoint() string {
	url, _, _ := strings.Cut(s.rows["AWS endpoint"], " ")
	return url
}

// environment is what a program of the guides runs in.
func (s *stage) environment(more ...string) []string {
	return append([]string{
		"AWS_ENDPOINT_URL=" + s.endpoint(), "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
	}, more...)
}

// outputs gives the stage's outputs the names that grants give them in the environment of a function.
func (s *stage) outputs() []string {
	return []string{
		"HERMES_TOKENS_TABLE=" + s.rows["TokensTableName"], "HERMES_SECRET_ARN=" + s.rows["SecretArn"],
		"HERMES_QUEUE_URL=" + s.rows["QueueUrl"],
		"HERMES_SCHEDULER_URL=" + s.rows["ApiUrl"], "HERMES_SCHEDULER_SECRET_ARN=" + s.rows["SchedulerSecretArn"],
	}
}

// environ is ours without what would lead a command elsewhere.
func environ(more ...string) []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "MAKE") && name != "MFLAGS" && name != "STAGE" && name != "ARGS" {
			kept = append(kept, entry)
		}
	}
	return append(kept, more...)
}

// run runs a command line to its end and returns what it printed on standard output.
func run(t *testing.T, dir, line string, environment ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-c", line)
	command.Dir = dir
	command.Env = environ(environment...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", line, err, out, stderr.String())
	}
	return string(out)
}

// fetch gets a page.
func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var content bytes.Buffer
	if _, err := content.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, content.String()
}

// hopeless is an error after which waiting is vain.
type hopeless struct{ error }

// eventually asks until there is no error, and fails the test when time is up.
func eventually(t *testing.T, within time.Duration, ask func() error) {
	t.Helper()
	deadline := time.After(within)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		if errors.As(err, &hopeless{}) {
			t.Fatal(err)
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("after %v: %v", within, err)
		}
	}
}

// A transcript keeps what a process prints.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

func (t *transcript) tail() string {
	text := t.String()
	return text[max(0, len(text)-8_000):]
}
