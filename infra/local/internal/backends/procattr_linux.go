package backends

import (
	"context"
	"os/exec"
	"syscall"
)

// procAttr puts a child into a process group of its own, so that Ctrl-C reaches only us and the order of stopping is
// ours, and has the kernel end it when we die without a chance to say so.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// guarded is the command of a program that does not watch its standard input: the parent-death signal is enough here.
func guarded(ctx context.Context, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(context.WithoutCancel(ctx), program, args...)
}
