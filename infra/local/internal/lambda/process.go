package lambda

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// A process is a running bootstrap with its process group and its output.
type process struct {
	cmd            *exec.Cmd
	pid            int
	stdout, stderr *output
	exited         chan struct{} // closed when the process has ended and its output was read
	reason         string        // why it ended; valid after exited

	mu   sync.Mutex
	gone bool // the pid may be another process's now
}

// startProcess runs bootstrap in dir. emit receives each line of output.
func startProcess(f *forker, guard orphanGuard, dir string, env []string, emit func(stream string, line []byte)) (*process, error) {
	stdout, outWriter, err := newOutput(func(line []byte) { emit("stdout", line) })
	if err != nil {
		return nil, err
	}
	stderr, errWriter, err := newOutput(func(line []byte) { emit("stderr", line) })
	if err != nil {
		stdout.close()
		_ = outWriter.Close()
		return nil, err
	}
	cmd := exec.Command(filepath.Join(dir, "bootstrap"))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, outWriter, errWriter
	cmd.SysProcAttr = processAttributes()
	err = f.start(cmd)
	_, _ = outWriter.Close(), errWriter.Close()
	if err != nil {
		stdout.close()
		stderr.close()
		return nil, fmt.Errorf("lambda: start %s: %w", cmd.Path, err)
	}
	p := &process{cmd: cmd, pid: cmd.Process.Pid, stdout: stdout, stderr: stderr, exited: make(chan struct{})}
	guard.watch(p.pid)
	go p.wait(guard)
	return p, nil
}

// wait reaps the process and kills its remaining children.
func (p *process) wait(guard orphanGuard) {
	err := p.cmd.Wait()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	guard.forget(p.pid)
	p.stdout.close()
	p.stderr.close()
	p.reason = exitReason(err)
	close(p.exited)
}

// exitReason is the reason of an exit in Lambda's words.
func exitReason(err error) string {
	if err == nil {
		return "Runtime exited without providing a reason"
	}
	return "Runtime exited with error: " + err.Error()
}

func (p *process) freeze() { p.signal(syscall.SIGSTOP) }
func (p *process) thaw()   { p.signal(syscall.SIGCONT) }
func (p *process) kill()   { p.signal(syscall.SIGKILL) } // ends a frozen process too

func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone {
		_ = syscall.Kill(-p.pid, s)
	}
}

// flush emits all that the process has written so far.
func (p *process) flush() {
	p.stdout.drain()
	p.stderr.drain()
}
