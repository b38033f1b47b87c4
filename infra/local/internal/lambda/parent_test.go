package lambda

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// playParent runs one function, prints the process ids of its frozen and its busy instance, and waits to be killed.
func playParent(dir string) {
	s, err := New(Config{WorkDir: dir + "/work"})
	if err == nil {
		err = s.Register(Function{Name: "work", ARN: "arn:aws:lambda:us-east-1:000000000000:function:work", CodeDir: dir + "/code"})
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	r, err := s.Invoke(context.Background(), "work", []byte(`{"Do":"pid"}`))
	fmt.Println(string(r.Payload), err)
	select {}
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
	line, _ := bufio.NewReader(out).ReadString('\n')
	child, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(line), " <nil>"))
	if err != nil {
		_ = parent.Process.Kill()
		_ = parent.Wait()
		t.Fatalf("the parent said %q", line)
	}
	if !running(child) {
		t.Error("the child does not run")
	}
	_ = parent.Process.Signal(syscall.SIGKILL)
	_ = parent.Wait()
	eventually(t, "the child is gone", func() bool { return !running(child) })
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

// running says whether a process exists and is no zombie.
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
