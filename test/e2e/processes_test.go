package e2e

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// A process of this machine.
type process struct {
	pid, parent int
	started     string // tells two processes of one pid apart
	command     string
}

// processes lists those that run; one that has ended and waits to be reaped does not.
func processes() ([]process, error) {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=,lstart=,args=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	var running []process
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line) // lstart is five of them
		if len(fields) < 8 || strings.HasPrefix(fields[2], "Z") {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		parent, err2 := strconv.Atoi(fields[1])
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("ps: %w", err)
		}
		running = append(running, process{pid, parent, strings.Join(fields[3:8], " "), strings.Join(fields[8:], " ")})
	}
	return running, nil
}

// descendants lists the children of a process, theirs, and so on.
func descendants(pid int) ([]process, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	var found []process
	for generation := []int{pid}; len(generation) > 0; {
		var next []int
		for _, p := range all {
			if slices.Contains(generation, p.parent) {
				found = append(found, p)
				next = append(next, p.pid)
			}
		}
		generation = next
	}
	return found, nil
}

// noneLeft waits until no process of the family runs any more, nor any that names the folder in its command.
func noneLeft(family []process, data string) error {
	return poll(patience, func() error {
		all, err := processes()
		if err != nil {
			return err
		}
		for _, p := range all {
			related := slices.ContainsFunc(family, func(f process) bool { return f.pid == p.pid && f.started == p.started })
			if related || strings.Contains(p.command, data) {
				return fmt.Errorf("process %d is left: %s", p.pid, p.command)
			}
		}
		return nil
	})
}
