package lambda

import "syscall"

// newOrphanGuard returns no guard: the kernel kills a child whose parent died.
func newOrphanGuard() (orphanGuard, error) { return noGuard{}, nil }

type noGuard struct{}

func (noGuard) watch(int)    {}
func (noGuard) forget(int)   {}
func (noGuard) Close() error { return nil }

// processAttributes puts the child into its own process group, so that it is frozen and killed with its children, and ties
// its life to the forking thread.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
