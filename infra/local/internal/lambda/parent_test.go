package lambda

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// playParent runs one function, prints the process ids of a frozen and of a busy instance, and waits to be killed.
func playParent(dir string) {
	s, err := New(Config{WorkDir: dir + "/work", Sink: func(l Line) {
		if l.Stream == "stdout" {
			fmt.Println(string(l.Text))
		}
	}})
	if err == nil {
		err = s.Register(Function{Name: "work", ARN: "arn:aws:lambda:us-east-1:000000000000:function:work", CodeDir: dir + "/code", Timeout: 5 * time.Minute})
	}
	var frozen Result
	if err == nil {
		frozen, err = s.Invoke(context.Background(), "work", []byte(`{"Do":"pid"}`))
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	go func() { _, _ = s.Invoke(context.Background(), "work", []byte(`{"Do":"wait","Wait":300000000000}`)) }()
	for s.Instances()["work"].Idle > 0 { // so that the next one gets another instance
		runtime.Gosched()
	}
	fmt.Println("pid", string(frozen.Payload))
	_, _ = s.Invoke(context.Background(), "work", []byte(`{"Do":"hang"}`))
}

func TestChildrenDieWithTheirParent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/code", os.DirFS(codeDir)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = removeReadOnly(dir + "/work") })
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var children [2]int
	lines := bufio.NewReader(out)
	for i := range children {
		line, _ := lines.ReadString('\n')
		if _, err := fmt.Sscanf(line, "pid %d", &children[i]); err != nil {
			t.Errorf("the parent said %q", line)
		} else if !running(children[i]) {
			t.Errorf("child %d does not run", children[i])
		}
	}
	_ = parent.Process.Signal(syscall.SIGKILL)
	_ = parent.Wait()
	for _, child := range children {
		eventually(t, "the children are gone", func() bool { return !running(child) })
	}
}

func TestShellGuardKillsWhatItWatches(t *testing.T) {
	t.Parallel()
	guard, err := startGuard()
	if err != nil {
		t.Fatal(err)
	}
	start := func() *exec.Cmd {
		cmd := exec.Command("/bin/sleep", "600")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		guard.watch(cmd.Process.Pid)
		return cmd
	}
	watched, forgotten, frozen := start(), start(), start()
	guard.forget(forgotten.Process.Pid)
	_ = frozen.Process.Signal(syscall.SIGSTOP)
	if err := guard.Close(); err != nil { // as at our death: its input ends
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{watched, frozen} {
		if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
			t.Errorf("a watched process ended with %v", err)
		}
	}
	if !running(forgotten.Process.Pid) {
		t.Error("a forgotten process was killed")
	}
	_ = forgotten.Process.Kill()
	_ = forgotten.Wait()
}

// running reports whether a process exists and is no zombie.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	out, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && !strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
}

func TestWhatAnInstanceStartedEndsWithIt(t *testing.T) {
	t.Parallel()
	s := newSetup(t, nil)
	child := decode[int](t, s.must(t, `{"Do":"child"}`).Payload)
	if !running(child) {
		t.Fatal("the child does not run")
	}
	if r := s.must(t, `{"Do":"exit","Bytes":1}`); r.FunctionError == "" {
		t.Fatal("the instance did not exit")
	}
	eventually(t, "the child is gone", func() bool { return !running(child) })
}
