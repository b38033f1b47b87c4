package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

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
