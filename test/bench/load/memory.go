package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// memory words what a process and all its descendants hold: the sum of resident memory, in which pages that they share
// count for each, and on Linux the proportional sum, in which they count once.
func memory(pid int) string {
	if pid == 0 {
		return "unknown: name the stage with -pid"
	}
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,rss=").Output()
	if err != nil {
		return "unknown: ps: " + err.Error()
	}
	type process struct{ pid, parent, kilobytes int }
	var all []process
	for line := range strings.Lines(string(out)) {
		var p process
		if _, err := fmt.Sscan(line, &p.pid, &p.parent, &p.kilobytes); err == nil {
			all = append(all, p)
		}
	}
	family := []int{pid}
	resident, proportional := 0, 0
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if slices.Contains(family, p.parent) && !slices.Contains(family, p.pid) {
				family, grown = append(family, p.pid), true
			}
		}
	}
	for _, p := range all {
		if slices.Contains(family, p.pid) {
			resident += p.kilobytes
			proportional += share(p.pid)
		}
	}
	text := fmt.Sprintf("%d MB resident in %d processes", resident>>10, len(family))
	if proportional > 0 {
		text += fmt.Sprintf(", %d MB with shared pages counted once", proportional>>10)
	}
	return text
}

// share is a process's proportional set in kilobytes, 0 where the system does not tell.
// https://docs.kernel.org/filesystems/proc.html
func share(pid int) int {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		var n int
		if _, err := fmt.Sscanf(line, "Pss: %d kB", &n); err == nil {
			return n
		}
	}
	return 0
}

func machine() string {
	return fmt.Sprintf("%d processors, %s/%s, load average %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, loadAverage())
}

func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}
