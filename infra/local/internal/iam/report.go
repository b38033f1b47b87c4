package iam

import (
	"cmp"
	"maps"
	"slices"
)

// A Report compares what policies allow with what was requested.
type Report struct {
	// Roles, by name. A service principal, or a caller without a role, appears once it was denied something.
	Roles []OwnerReport `json:"roles"`
	// Resources with a policy, by ARN.
	Resources []OwnerReport `json:"resources"`
}

// An OwnerReport is that of one role or one resource policy.
type OwnerReport struct {
	Name string `json:"name"`
	// Used statements applied at least once; some of their actions may still be unused.
	Used []StatementUsage `json:"used"`
	// Unused statements never applied.
	Unused []StatementUsage `json:"unused"`
	// Missing are denied requests. Always empty for a resource.
	Missing []Denial `json:"missing"`
}

// A StatementUsage counts how often a statement, and each of its actions and resources as written, applied.
type StatementUsage struct {
	Source          string           `json:"source"` // logical id of the policy
	Sid             string           `json:"sid,omitempty"`
	Index           int              `json:"index"` // position in the document, from 0
	Effect          string           `json:"effect"`
	Uses            int64            `json:"uses"`
	Actions         map[string]int64 `json:"actions"`
	Resources       map[string]int64 `json:"resources"`
	UnusedActions   []string         `json:"unusedActions"`
	UnusedResources []string         `json:"unusedResources"`
}

// A Denial is a denied request with the number of times it was made.
type Denial struct {
	Function string `json:"function,omitempty"`
	Action   string `json:"action"`
	Resource string `json:"resource"`
	Explicit bool   `json:"explicit"`
	Reason   string `json:"reason"`
	Count    int64  `json:"count"`
}

// Report returns the usage so far, in a stable order.
func (e *Engine) Report() Report {
	e.mu.RLock()
	defer e.mu.RUnlock()
	missing := map[string][]Denial{}
	for key, d := range e.denials {
		row := d.Denial
		row.Count = d.count.Load()
		missing[key.principal] = append(missing[key.principal], row)
	}
	r := Report{Roles: []OwnerReport{}, Resources: []OwnerReport{}}
	names := maps.Clone(e.roles)
	for name := range missing {
		if names[name] == nil {
			names[name] = &owner{name: name}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		r.Roles = append(r.Roles, names[name].report(missing[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(e.resources)) {
		r.Resources = append(r.Resources, e.resources[name].report(nil))
	}
	return r
}

func (o *owner) report(missing []Denial) OwnerReport {
	slices.SortFunc(missing, func(a, b Denial) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource))
	})
	r := OwnerReport{Name: o.name, Used: []StatementUsage{}, Unused: []StatementUsage{}, Missing: append([]Denial{}, missing...)}
	for _, t := range o.statements {
		if u := t.usage(); u.Uses > 0 {
			r.Used = append(r.Used, u)
		} else {
			r.Unused = append(r.Unused, u)
		}
	}
	return r
}

func (t *tracked) usage() StatementUsage {
	u := StatementUsage{Source: t.source, Sid: t.sid, Index: t.index, Effect: "Allow", Uses: t.uses.Load()}
	if t.deny {
		u.Effect = "Deny"
	}
	u.Actions, u.UnusedActions = counts(t.actions, t.notAction, func(i int) int64 { return t.actionUse[i].Load() })
	// A resource with variables, or one excluded by NotResource, has no count of its own: the statement's is shown.
	u.Resources, u.UnusedResources = counts(t.resources, t.notRes || t.variableResource(),
		func(i int) int64 { return t.resourceUse[i].Load() })
	return u
}

// counts pairs patterns with their counts, or with whole if they have none of their own.
func counts(patterns []pattern, whole bool, uses func(int) int64) (map[string]int64, []string) {
	byText := map[string]int64{}
	unused := []string{}
	for i, p := range patterns {
		n := uses(i)
		byText[p.text] += n
		if n == 0 && !whole {
			unused = append(unused, p.text)
		}
	}
	return byText, unused
}
