package lambda

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// An orphanGuard kills the process groups it watches when we die without having stopped them.
type orphanGuard interface {
	watch(pid int)
	forget(pid int)
	io.Closer
}

// guardScript keeps the list of groups that are told on its standard input. The input ends when we end, however we end.
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
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C in the terminal must not end it before us
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("lambda: start orphan guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("lambda: start orphan guard: %w", err)
	}
	return &shellGuard{cmd: cmd, input: input}, nil
}

func (g *shellGuard) watch(pid int)  { g.tell("+", pid) }
func (g *shellGuard) forget(pid int) { g.tell("-", pid) }

func (g *shellGuard) tell(change string, pid int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, _ = fmt.Fprintf(g.input, "%s %d\n", change, pid) // without its guard a process merely may outlive a crash of ours
}

// Close ends the guard, which kills the groups that were not forgotten.
func (g *shellGuard) Close() error {
	_ = g.input.Close()
	return g.cmd.Wait()
}
