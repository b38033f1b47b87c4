package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// startWithin bounds a start that synthesizes and compiles first.
const startWithin = 15 * time.Minute

// A stage is the local stage's program, running. Its tables and queues outlive its end.
type stage struct {
	tree      string // the repository's root
	assembly  string // "" synthesizes
	data      string
	port      string // "0" until it is known: a stage that starts again keeps its address
	arguments []string

	command *exec.Cmd
	ended   chan struct{}
	outputs map[string]string
}

// start builds the program if it is not there and waits until all is ready.
func (s *stage) start(ctx context.Context) error {
	program := filepath.Join(s.data, "local")
	if _, err := os.Stat(program); err != nil {
		build := exec.CommandContext(ctx, "go", "build", "-o", program, "./infra/local")
		build.Dir = s.tree
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("go build ./infra/local: %w\n%s", err, out)
		}
	}
	output, err := os.OpenFile(filepath.Join(s.data, "output"), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer output.Close()
	arguments := append([]string{"-data", filepath.Join(s.data, "state"), "-port", s.port}, s.arguments...)
	if s.assembly != "" {
		arguments = append(arguments, "-assembly", s.assembly)
	}
	s.command = exec.Command(program, arguments...)
	s.command.Dir = s.tree
	s.command.Stdout, s.command.Stderr = output, output
	s.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the checker, which then ends it
	if err := s.command.Start(); err != nil {
		return err
	}
	s.ended = make(chan struct{})
	go func(command *exec.Cmd, ended chan struct{}) {
		_ = command.Wait()
		close(ended)
	}(s.command, s.ended)
	if err := s.becomeReady(ctx); err != nil {
		printed, _ := os.ReadFile(output.Name())
		return errors.Join(fmt.Errorf("local stage: %w\n%s", err, printed), s.end(syscall.SIGKILL))
	}
	return nil
}

// listening is a row of the table that the program prints once all is up.
var listening = regexp.MustCompile(`AWS endpoint\s+http://127\.0\.0\.1:(\d+)`)

func (s *stage) becomeReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	return until(ctx, func() error {
		select {
		case <-s.ended:
			return final{errors.New("it has ended")}
		default:
		}
		printed, err := os.ReadFile(filepath.Join(s.data, "output"))
		if err != nil {
			return err
		}
		found := listening.FindSubmatch(printed)
		if found == nil {
			return errors.New("it does not say where it is")
		}
		s.port = string(found[1])
		if s.assembly == "" {
			s.assembly = filepath.Join(s.data, "state", "cdk.out") // saves the next start the synthesis
		}
		if err := s.control(ctx, http.MethodGet, "health", nil, nil); err != nil {
			return err
		}
		return s.readOutputs()
	})
}

func (s *stage) readOutputs() error {
	raw, err := os.ReadFile(filepath.Join(s.data, "state", "outputs.json"))
	if err != nil {
		return err
	}
	var stacks map[string]map[string]string
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return fmt.Errorf("outputs.json: %w", err)
	}
	s.outputs = map[string]string{}
	for _, values := range stacks {
		for name, value := range values {
			s.outputs[name] = value
		}
	}
	return nil
}

// end signals the stage and waits until it is gone.
func (s *stage) end(signal syscall.Signal) error {
	if s.command == nil {
		return nil
	}
	if err := s.command.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(time.Minute):
		return errors.Join(errors.New("the stage did not end within a minute"), s.command.Process.Kill())
	}
}

func (s *stage) url() string { return "http://127.0.0.1:" + s.port }

// control calls /_local/path; body and answer are JSON, or nil.
func (s *stage) control(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, s.url()+"/_local/"+path, content)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s /_local/%s: %s %s", method, path, response.Status, raw)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(raw, answer)
}

// memory is what the stage and its DynamoDB peer hold, in MB; 0 where there is no /proc.
func (s *stage) memory() (own, dynamo int) {
	if s.command == nil || s.command.Process == nil {
		return 0, 0
	}
	pid := s.command.Process.Pid
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, thread := range threads(pid) {
		more, _ := os.ReadFile(thread + "/children")
		children = append(children, more...)
	}
	for _, child := range strings.Fields(string(children)) {
		if command, _ := os.ReadFile("/proc/" + child + "/cmdline"); bytes.Contains(command, []byte("import dynalite")) {
			dynamo = resident(child)
		}
	}
	return resident(fmt.Sprint(pid)), dynamo
}

func threads(pid int) []string {
	found, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	return found
}

func resident(pid string) (kb int) {
	status, _ := os.ReadFile("/proc/" + pid + "/status")
	if _, rest, found := strings.Cut(string(status), "VmRSS:"); found {
		_, _ = fmt.Sscan(rest, &kb)
	}
	return kb >> 10
}

// final is an error after which waiting is vain.
type final struct{ error }

// until asks again until there is no error, or returns the last one when ctx ends.
func until(ctx context.Context, ask func() error) error {
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := ask()
		if err == nil || errors.As(err, &final{}) {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return err
		}
	}
}
