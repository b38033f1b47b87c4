package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A stage is the program, running.
type stage struct {
	command *exec.Cmd
	data    string // its folder
	url     string // of its AWS endpoint
	output  *transcript
	ended   chan struct{} // closed once the process is gone

	// outputs of all stacks; no name occurs twice.
	outputs map[string]string
}

// command is the program in the repository's root; a flag given twice counts the last time.
func command(data string, arguments ...string) (*exec.Cmd, error) {
	path, err := program()
	if err != nil {
		return nil, err
	}
	all := append([]string{"-data", data}, strings.Fields(*stageArguments)...)
	c := exec.Command(path, append(all, arguments...)...)
	c.Dir = root
	return c, nil
}

// launch starts a command and does not wait for anything.
func launch(c *exec.Cmd, data string) (*stage, error) {
	s := &stage{command: c, data: data, output: &transcript{}, ended: make(chan struct{})}
	c.Stdout, c.Stderr = s.output, s.output
	// A child of "go run" may keep the output open for longer than the command itself runs.
	c.WaitDelay = patience
	// The suite ends it; a Ctrl-C for the suite must not do so first.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = c.Wait() // the exit code stays in ProcessState
		close(s.ended)
	}()
	return s, nil
}

// boot starts the program and waits until it is ready for use.
func boot(data string, arguments ...string) (*stage, error) {
	c, err := command(data, arguments...)
	if err != nil {
		return nil, err
	}
	s, err := launch(c, data)
	if err != nil {
		return nil, err
	}
	if err := s.becomeReady(); err != nil {
		s.command.Process.Kill() //nolint:errcheck // it may have ended by itself
		<-s.ended
		return nil, fmt.Errorf("local stage: %w\n%s", err, s.output)
	}
	return s, nil
}

// endpoint is a row of the table that the program prints once all is up.
var endpoint = regexp.MustCompile(`AWS endpoint\s+(http://127\.0\.0\.1:\d+)`)

func (s *stage) becomeReady() error {
	err := poll(startWithin, func() error {
		if found := endpoint.FindStringSubmatch(s.output.String()); found != nil {
			s.url = found[1]
			return nil
		}
		if s.hasEnded() {
			return errGivenUp{errors.New("it has ended")}
		}
		return errors.New("it does not say where it is")
	})
	if err != nil {
		return err
	}
	if err := poll(patience, s.healthy); err != nil {
		return err
	}
	return s.readOutputs()
}

func (s *stage) healthy() error {
	answer, err := http.Get(s.url + "/_local/health")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("health is %s", answer.Status)
	}
	return nil
}

// readOutputs reads outputs.json, which has the shape of cdk deploy --outputs-file.
func (s *stage) readOutputs() error {
	raw, err := os.ReadFile(filepath.Join(s.data, "outputs.json"))
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

func (s *stage) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// stop presses Ctrl-C and waits. The error says that it did not end as it should, or that it left a process behind.
func (s *stage) stop() error {
	if s.hasEnded() {
		return nil
	}
	family, err := descendants(s.command.Process.Pid)
	if err != nil {
		return err
	}
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	if err := s.awaitEnd(); err != nil {
		return err
	}
	if code := s.command.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("after Ctrl-C the exit code is %d\n%s", code, s.output)
	}
	return noneLeft(family, s.data)
}

func (s *stage) awaitEnd() error {
	select {
	case <-s.ended:
		return nil
	case <-time.After(patience):
		s.command.Process.Kill() //nolint:errcheck // it may end at this moment
		<-s.ended
		return fmt.Errorf("it did not end within %v\n%s", patience, s.output)
	}
}

// newStage starts a stage for one test from the cloud assembly of the shared one.
func newStage(t *testing.T, arguments ...string) *stage {
	t.Helper()
	shared(t)
	return startStage(t, t.TempDir(), append([]string{"-assembly", assembly}, arguments...)...)
}

// startStage starts a stage that ends with the test.
func startStage(t *testing.T, data string, arguments ...string) *stage {
	t.Helper()
	s, err := boot(data, append([]string{"-port", "0"}, arguments...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the stage printed:\n%s", s.output.tail())
		}
	})
	return s
}
