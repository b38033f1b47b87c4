package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A statement of a role's policy, and what of it was used.
type statement struct {
	Source          string
	Index           int
	Actions         map[string]int64
	Resources       map[string]int64
	UnusedActions   []string
	UnusedResources []string
}

// permissions are /_local/permissions.
type permissions struct {
	Roles []struct {
		Name         string
		Used, Unused []statement
		Missing      []struct{ Action, Resource, Reason string }
	}
}

// evidence is what the stages of one cloud assembly have shown together: what is unused in all of them is not needed.
var evidence = struct {
	sync.Mutex
	stages  int
	unused  map[string]int // by permission, in how many stages
	missing []string
}{unused: map[string]int{}}

// observe takes the evidence of a stage before it ends.
func observe(s *stage) error {
	var report permissions
	if err := s.control(http.MethodGet, "permissions", nil, &report); err != nil {
		return err
	}
	evidence.Lock()
	defer evidence.Unlock()
	evidence.stages++
	for _, role := range report.Roles {
		for _, st := range append(role.Used, role.Unused...) {
			for _, action := range st.UnusedActions {
				evidence.unused[fmt.Sprintf("%s: %s of %s[%d]", role.Name, action, st.Source, st.Index)]++
			}
			for _, resource := range st.UnusedResources {
				evidence.unused[fmt.Sprintf("%s: %s of %s[%d]", role.Name, resource, st.Source, st.Index)]++
			}
		}
		for _, m := range role.Missing {
			evidence.missing = append(evidence.missing, fmt.Sprintf("%s: %s on %s: %s", role.Name, m.Action, m.Resource, m.Reason))
		}
	}
	return nil
}

// neverUsed are the permissions that no story needs, with the reason for which they are there.
var neverUsed = []struct{ role, permission, reason string }{}

// audit looks at what the suite has left: refused calls, permissions and processes.
func audit(complete bool) (faults []string) {
	if running == nil {
		return nil
	}
	note := func(err error) {
		if err != nil {
			faults = append(faults, err.Error())
		}
	}
	note(observe(running))
	refused, err := running.denied()
	note(err)
	for _, d := range refused {
		faults = append(faults, fmt.Sprintf("%s %s was refused: %s on %s: %s", d.Caller, d.Function, d.Action, d.Resource, d.Reason))
	}
	for _, m := range evidence.missing {
		faults = append(faults, "a permission is missing: "+m)
	}
	if complete {
		faults = append(faults, unneeded()...)
	}
	note(running.stop())
	return faults
}

// unneeded lists the permissions that were used in no stage, and the exceptions that are none any more.
func unneeded() (faults []string) {
	excused := make([]bool, len(neverUsed))
	for permission, stages := range evidence.unused {
		if stages < evidence.stages {
			continue
		}
		at := slices.IndexFunc(neverUsed, func(e struct{ role, permission, reason string }) bool {
			return strings.Contains(permission, e.role) && strings.Contains(permission, e.permission)
		})
		if at < 0 {
			faults = append(faults, "a permission was never used: "+permission)
			continue
		}
		excused[at] = true
	}
	for i, e := range neverUsed {
		if !excused[i] {
			faults = append(faults, fmt.Sprintf("%s of %s was used: take it off the list of exceptions", e.permission, e.role))
		}
	}
	slices.Sort(faults)
	return faults
}
