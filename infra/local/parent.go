package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// watchParent calls gone once the process that started this one has ended, if that was "go run": it does not hand on every
// signal, and would leave the stage behind. Elsewhere nobody expects a program to end with its parent.
func watchParent(gone func()) {
	parent := os.Getppid()
	name, err := os.ReadFile("/proc/" + strconv.Itoa(parent) + "/comm")
	if err != nil || strings.TrimSpace(string(name)) != "go" {
		return
	}
	go func() {
		for os.Getppid() == parent {
			time.Sleep(200 * time.Millisecond)
		}
		gone()
	}()
}
