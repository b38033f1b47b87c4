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

// An exception excuses permissions that no story needs: those of roles whose name holds role, and whose text holds
// permission.
type exception struct{ role, permission, reason string }

var exceptions = []exception{
	{"HubBroadcast", "sqs:ChangeMessageVisibility", "it releases records after a failure, which its own tests and make prove provoke"},
	{"SchedulerDispatch", "", "it takes up, once a minute, what is due in a while: later than the suite ends"},
}

func (e exception) excuses(permission string) bool {
	role, what, _ := strings.Cut(permission, ": ")
	return strings.Contains(role, e.role) && strings.Contains(what, e.permission)
}

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

// unneeded lists the permissions that were used in no stage, and the exceptions for which there is no permission.
func unneeded() (faults []string) {
	excused := map[exception]bool{}
	for permission, stages := range evidence.unused {
		at := slices.IndexFunc(exceptions, func(e exception) bool { return e.excuses(permission) })
		if at >= 0 {
			excused[exceptions[at]] = true
			continue
		}
		if stages == evidence.stages {
			faults = append(faults, "a permission was never used: "+permission)
		}
	}
	for _, e := range exceptions {
		if !excused[e] {
			faults = append(faults, fmt.Sprintf("there is nothing to excuse: %+v", e))
		}
	}
	slices.Sort(faults)
	return faults
}
