package lambda

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// An instance is one execution environment: a process, its Runtime API and its scratch folder. It serves one invocation at a time.
type instance struct {
	entry    *entry // the registration it was made from
	scratch  string
	api      *runtimeAPI
	process  *process
	started  time.Time
	idleFrom time.Time // guarded by the pool
	peakMB   int       // the most memory that was measured
	warned   bool      // that it exceeds the function's memory

	requestID atomic.Pointer[string] // of the current invocation, for its output
}

// startInstance starts the process; it is not initialized yet.
func (s *Supervisor) startInstance(e *entry) (*instance, error) {
	i := &instance{entry: e, scratch: filepath.Join(s.scratchRoot, e.function.Name+"-"+randomHex(8)), started: s.cfg.Clock.Now()}
	if err := os.MkdirAll(i.scratch, 0o700); err != nil {
		return nil, fmt.Errorf("lambda: make scratch folder: %w", err)
	}
	var err error
	if i.api, err = startRuntimeAPI(s.cfg.Logger); err != nil {
		_ = os.RemoveAll(i.scratch)
		return nil, err
	}
	f := e.function
	env := environment(f, e.codeDir, i.scratch, i.api.address, newLogStream(i.started, f.Version))
	// The output's callback may run before this assignment, and uses only what is set already.
	i.process, err = startProcess(s.forker, s.guard, e.codeDir, env, func(stream string, line []byte) { s.emit(i, stream, line) })
	if err != nil {
		i.api.close()
		_ = os.RemoveAll(i.scratch)
		return nil, err
	}
	i.api.setFlush(i.process.flush)
	return i, nil
}

// destroy ends the process, waits for it and removes its scratch folder.
func (i *instance) destroy() {
	i.process.kill()
	<-i.process.exited
	i.api.close()
	_ = os.RemoveAll(i.scratch) // the next start empties the scratch root
}

// alive reports whether the process still runs.
func (i *instance) alive() bool {
	select {
	case <-i.process.exited:
		return false
	default:
		return true
	}
}

// begin passes inv to the runtime.
func (i *instance) begin(inv *invocation) {
	i.requestID.Store(&inv.requestID)
	i.process.thaw()
	i.api.next <- inv // has room: the instance serves one invocation at a time
}

// measure records the peak memory. The rusage after the exit is of no use: it includes this process's memory at the time of
// the fork. https://man7.org/linux/man-pages/man2/getrusage.2.html
func (i *instance) measure() { i.peakMB = max(i.peakMB, peakMemoryMB(i.process.pid)) }
