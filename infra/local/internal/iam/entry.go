package iam

import "strings"

// A cacheKey is what a decision without conditions depends on.
type cacheKey struct{ principal, action, resource string }

// An entry is the cache's entry for one cacheKey.
type entry struct {
	denies []candidate
	allows []candidate
	fixed  bool // no candidate depends on the request's context
	none   Decision

	// keyed says that the resource is a key of KMS, where the role's policies count only as far as the key's own policy hands
	// over to the account's, by delegates. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
	keyed     bool
	delegates []candidate
}

// A candidate is a statement that matches the caller, the action and (unless it has variables) the resource.
type candidate struct {
	*tracked
	actions   []int
	resources []int
	identity  bool // comes from the role, not from the resource
}

// newEntry collects candidates. role and resource may be nil.
func newEntry(r *Request, role, resource *owner, account string) *entry {
	e := &entry{fixed: true, none: Decision{Reason: reason(r, noAllow(r.Caller))}, keyed: strings.HasPrefix(r.Resource, "arn:aws:kms:")}
	action := strings.ToLower(r.Action)
	if role != nil && r.Caller.Role != "" {
		for _, t := range role.statements {
			if c, ok := e.match(t, action, r.Resource); ok {
				c.identity = true
				e.add(c)
			}
		}
	}
	if resource == nil {
		return e
	}
	for _, t := range resource.statements {
		own, wholeAccount := t.principals.names(r.Caller, account)
		if !own && !(wholeAccount && (t.deny || e.keyed)) {
			continue
		}
		c, ok := e.match(t, action, r.Resource)
		switch {
		case !ok:
		case own || t.deny:
			e.add(c)
		default:
			e.delegates = append(e.delegates, c)
		}
	}
	return e
}

// match makes a candidate of a statement that matches action and resource.
func (e *entry) match(t *tracked, action, resource string) (candidate, bool) {
	c := candidate{tracked: t}
	var ok bool
	if c.actions, ok = t.matchAction(action); !ok {
		return c, false
	}
	if !t.variableResource() {
		if c.resources, ok = t.matchResource(resource, nil); !ok {
			return c, false
		}
	}
	e.fixed = e.fixed && !t.dynamic()
	return c, true
}

func (e *entry) add(c candidate) {
	if c.deny {
		e.denies = append(e.denies, c)
		return
	}
	e.allows = append(e.allows, c)
}

// decide evaluates in AWS's order: an explicit Deny anywhere denies; then an Allow in either policy allows; else the request
// is denied implicitly
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html).
// Every Allow that applies counts as used, because each would have been enough.
func (e *entry) decide(engine *Engine, r *Request) Decision {
	var request *requestContext
	if !e.fixed {
		own := *r // a copy, so that fixed decisions need no memory
		request = &requestContext{request: &own, account: engine.account, region: engine.region, now: engine.now}
	}
	for i := range e.denies {
		if c := &e.denies[i]; c.applies(request) {
			c.count()
			return Decision{Explicit: true, Reason: reason(r, explicitDeny(c.identity))}
		}
	}
	delegated := !e.keyed
	for i := range e.delegates {
		if c := &e.delegates[i]; c.applies(request) {
			c.count()
			delegated = true
		}
	}
	allowed := false
	for i := range e.allows {
		if c := &e.allows[i]; (delegated || !c.identity) && c.applies(request) {
			c.count()
			allowed = true
		}
	}
	switch {
	case allowed:
		return Decision{Allowed: true}
	case !delegated:
		return Decision{Reason: reason(r, noResourceAllow)}
	default:
		return e.none
	}
}

// applies checks what the cache key leaves open. request is nil if nothing is.
func (c *candidate) applies(request *requestContext) bool {
	if request == nil {
		return true
	}
	if c.variableResource() {
		if _, ok := c.matchResource(request.request.Resource, request.lookup); !ok {
			return false
		}
	}
	for i := range c.conditions {
		if !c.conditions[i].holds(request) {
			return false
		}
	}
	return true
}

// reason is a denial in AWS's words
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
func reason(r *Request, why string) string {
	who := "User: " + r.Caller.ARN
	if r.Caller.Service != "" {
		who = "Service: " + r.Caller.Service
	}
	return who + " is not authorized to perform: " + r.Action + " on resource: " + r.Resource + " " +
		strings.ReplaceAll(why, "ACTION", r.Action)
}

const noResourceAllow = "because no resource-based policy allows the ACTION action"

func noAllow(c Caller) string {
	if c.Service != "" {
		return noResourceAllow
	}
	return "because no identity-based policy allows the ACTION action"
}

func explicitDeny(identity bool) string {
	if identity {
		return "with an explicit deny in an identity-based policy"
	}
	return "with an explicit deny in a resource-based policy"
}
