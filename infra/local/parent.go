package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// watchParent calls gone once the process that started this one has ended, if that was make or "go run": neither hands on
// every signal, and would leave the stage behind. Elsewhere nobody expects a program to end with its parent.
func watchParent(gone func()) {
	parent := os.Getppid()
	name, err := os.ReadFile("/proc/" + strconv.Itoa(parent) + "/comm")
	if err != nil || !slices.Contains([]string{"go", "make"}, strings.TrimSpace(string(name))) {
		return
	}
	go func() {
		for os.Getppid() == parent {
			time.Sleep(200 * time.Millisecond)
		}
		gone()
	}()
}
