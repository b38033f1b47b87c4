//go:build !linux

package lambda

import "syscall"

// newOrphanGuard starts a shell that outlives us by a moment: there is no parent-death signal here.
func newOrphanGuard() (orphanGuard, error) { return startGuard() }

// processAttributes puts the child into a process group of its own, so that it is frozen and killed with whatever it started.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
