package backends

import "syscall"

// procAttr puts a child into a process group of its own, so that Ctrl-C reaches only us and the order of stopping is
// ours, and has the kernel end it when we die without a chance to say so.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
