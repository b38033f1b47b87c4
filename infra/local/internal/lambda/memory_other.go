//go:build !linux

package lambda

// peakMemoryMB is unknown while a process runs: there is no /proc here.
func peakMemoryMB(int) int { return 0 }
