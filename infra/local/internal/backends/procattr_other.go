//go:build !linux

package backends

import "syscall"

// procAttr puts a child into a process group of its own, so that Ctrl-C reaches only us. There is no parent-death signal
// here: children watch their standard input instead.
func procAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
