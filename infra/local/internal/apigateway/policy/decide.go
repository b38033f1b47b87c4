package policy

import "strings"

// A Decision is the outcome for one request.
type Decision int

// The outcomes. An explicit deny outweighs every allow; what nothing allows is denied.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
const (
	ImplicitDeny Decision = iota
	ExplicitDeny
	Allow
)

// A Request is what a policy is evaluated for.
type Request struct {
	Action   string            // "execute-api:Invoke"
	Resource string            // ARN of the route
	Context  map[string]string // values of condition keys, keys in lower case, e.g. "aws:sourceip"
}

// Decide evaluates d for r.
func (d *Document) Decide(r Request) Decision {
	decision := ImplicitDeny
	for _, s := range d.statements {
		if !s.applies(r) {
			continue
		}
		if s.deny {
			return ExplicitDeny
		}
		decision = Allow
	}
	return decision
}

func (s statement) applies(r Request) bool {
	if len(s.actions) > 0 && !anyAction(s.actions, r.Action) || len(s.notActions) > 0 && anyAction(s.notActions, r.Action) {
		return false
	}
	if len(s.resources) > 0 && !anyResource(s.resources, r.Resource) ||
		len(s.notResources) > 0 && anyResource(s.notResources, r.Resource) {
		return false
	}
	for _, c := range s.conditions {
		if !c.holds(r.Context) {
			return false
		}
	}
	return true
}

// anyAction compares without regard to case, as IAM does for actions.
func anyAction(patterns []string, action string) bool {
	for _, p := range patterns {
		if match(strings.ToLower(p), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

func anyResource(patterns []string, resource string) bool {
	for _, p := range patterns {
		if match(p, resource) {
			return true
		}
	}
	return false
}

// match compares s with a pattern in which * stands for any text, slashes included, and ? for one character. It backtracks to
// the last star only, so that no pattern makes it slow.
func match(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
