//go:build !linux

package backends

import (
	"context"
	"os/exec"
	"syscall"
)

// procAttr puts a child into a process group of its own, so that Ctrl-C reaches only us. There is no parent-death signal
// here: children watch their standard input instead.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// watchInput runs a program in the background and ends it when standard input ends.
const watchInput = `"$@" & child=$!; trap 'kill $child' TERM; cat >/dev/null; kill $child; wait $child`

// guarded is the command of a program that does not watch its standard input: a shell does it in its place.
func guarded(ctx context.Context, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c", watchInput, "sh", program}, args...)...)
}
