//go:build !linux

package lambda

import "syscall"

// newOrphanGuard starts a shell that outlives this process by a moment: there is no parent-death signal here.
func newOrphanGuard() (orphanGuard, error) { return startGuard() }

// processAttributes puts the child into its own process group, so that it is frozen and killed with its children.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
