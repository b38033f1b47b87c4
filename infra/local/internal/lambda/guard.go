package lambda

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// An orphanGuard kills the process groups that it watches when this process dies without having stopped them.
type orphanGuard interface {
	watch(pid int)
	forget(pid int)
	io.Closer
}

// guardScript reads the groups to watch from its standard input, which ends when this process ends.
const guardScript = `groups=" "
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
exit 0`

// A shellGuard is the guard for systems without a parent-death signal.
type shellGuard struct {
	mu    sync.Mutex
	cmd   *exec.Cmd
	input io.WriteCloser
}

func startGuard() (orphanGuard, error) {
	cmd := exec.Command("/bin/sh", "-c", guardScript)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C in the terminal must not end it first
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("lambda: start orphan guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("lambda: start orphan guard: %w", err)
	}
	return &shellGuard{cmd: cmd, input: input}, nil
}

func (g *shellGuard) watch(pid int)  { g.send("+", pid) }
func (g *shellGuard) forget(pid int) { g.send("-", pid) }

func (g *shellGuard) send(change string, pid int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, _ = fmt.Fprintf(g.input, "%s %d\n", change, pid) // without a guard a process may outlive a crash of this one
}

// Close ends the guard, which kills the groups it still watches.
func (g *shellGuard) Close() error {
	_ = g.input.Close()
	return g.cmd.Wait()
}
