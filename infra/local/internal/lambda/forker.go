package lambda

import (
	"os/exec"
	"runtime"
)

// A forker starts every process from one dedicated OS thread.
//
// Linux sends the parent-death signal when the *thread* that forked ends, not the process, and the Go scheduler ends threads
// at will. The forker's thread lives until stop, or dies with this process.
// https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
type forker struct {
	jobs chan forkJob
	done chan struct{}
}

type forkJob struct {
	cmd *exec.Cmd
	err chan<- error
}

func newForker() *forker {
	f := &forker{jobs: make(chan forkJob), done: make(chan struct{})}
	go f.run()
	return f
}

func (f *forker) run() {
	defer close(f.done)
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	for job := range f.jobs {
		job.err <- job.cmd.Start()
	}
}

// start runs cmd. It must not be called after stop.
func (f *forker) start(cmd *exec.Cmd) error {
	err := make(chan error, 1)
	f.jobs <- forkJob{cmd: cmd, err: err}
	return <-err
}

// stop ends the thread, and with it (on Linux) every process that still runs.
func (f *forker) stop() {
	close(f.jobs)
	<-f.done
}
