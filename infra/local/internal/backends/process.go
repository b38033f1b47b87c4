package backends

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

const (
	stderrKept     = 4 << 10
	stopGrace      = 10 * time.Second // a large table or queue takes its time to be written
	impatientGrace = time.Second
)

// A process is one child. Its standard input stays open until it is stopped.
type process struct {
	name   string
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout io.ReadCloser
	stderr *tail
	done   chan struct{} // closed when the child is gone
	err    error         // why, valid after done
	stop   sync.Once
	// impatient children are killed soon and without a complaint: they write each thing whole at once, but may wait for
	// idle connections to end.
	impatient bool
}

func startProcess(name string, cmd *exec.Cmd) (*process, error) {
	p := &process{name: name, cmd: cmd, stderr: &tail{limit: stderrKept}, done: make(chan struct{})}
	cmd.SysProcAttr = procAttr()
	cmd.Stderr = p.stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("peers: start %s: %w", name, err)
	}
	p.stdin = stdin
	if p.stdout, err = cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("peers: start %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("peers: start %s: %w", name, err)
	}
	return p, nil
}

// reap waits for the child once its output has been read.
func (p *process) reap() {
	p.err = p.cmd.Wait()
	close(p.done)
}

// notReady wraps ErrNotReady with what the child last wrote.
func (p *process) notReady(why string) error {
	if text := p.stderr.String(); text != "" {
		return fmt.Errorf("peers: start %s: %w: %s: %s", p.name, ErrNotReady, why, text)
	}
	return fmt.Errorf("peers: start %s: %w: %s", p.name, ErrNotReady, why)
}

// Stop ends the child: it is asked by the end of its input and by SIGTERM, then killed. It returns when the child is
// gone; stopping twice is harmless. The error reports a child that did not end by itself, or failed.
func (p *process) Stop() error {
	var err error
	p.stop.Do(func() { err = p.end() })
	<-p.done
	return err
}

func (p *process) end() error {
	_ = p.stdin.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	grace := stopGrace
	if p.impatient {
		grace = impatientGrace
	}
	if p.gone(grace) {
		return p.failure()
	}
	_ = p.cmd.Process.Kill()
	<-p.done
	if p.impatient {
		return nil
	}
	return fmt.Errorf("peers: stop %s: killed after %s", p.name, stopGrace)
}

func (p *process) gone(within time.Duration) bool {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

// failure is nil for a child that left with code 0 or by the SIGTERM we sent.
func (p *process) failure() error {
	var exit *exec.ExitError
	if errors.As(p.err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGTERM {
			return nil
		}
	}
	if p.err != nil {
		return fmt.Errorf("peers: stop %s: %w: %s", p.name, p.err, p.stderr)
	}
	return nil
}

// Done is closed when the child is gone, wanted or not.
func (p *process) Done() <-chan struct{} { return p.done }
