package iam

import "sync/atomic"

// A tracked statement counts how often it applied, as a whole and by action and resource pattern. Every role has its own,
// even where roles share a policy.
type tracked struct {
	*statement
	uses        atomic.Int64
	actionUse   []atomic.Int64
	resourceUse []atomic.Int64
}

func newTracked(s *statement) *tracked {
	return &tracked{
		statement:   s,
		actionUse:   make([]atomic.Int64, len(s.actions)),
		resourceUse: make([]atomic.Int64, len(s.resources)),
	}
}

func (c *candidate) count() {
	c.uses.Add(1)
	for _, i := range c.actions {
		c.actionUse[i].Add(1)
	}
	for _, i := range c.resources {
		c.resourceUse[i].Add(1)
	}
}

// maxDenials bounds the denied requests that are kept; later ones are only counted together.
const maxDenials = 10_000

// denials counts denied requests.
type denials map[denialKey]*denial

type denialKey struct{ principal, action, resource string }

type denial struct {
	Denial
	count atomic.Int64
}

func (e *Engine) deny(r *Request, d Decision) {
	key := denialKey{principal: principalName(r.Caller), action: r.Action, resource: r.Resource}
	e.mu.RLock()
	known := e.denials[key]
	e.mu.RUnlock()
	if known == nil {
		known = e.remember(key, r, d)
	}
	known.count.Add(1)
}

func (e *Engine) remember(key denialKey, r *Request, d Decision) *denial {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.denials) >= maxDenials {
		key = denialKey{principal: key.principal, action: "*", resource: "*"}
	}
	if known := e.denials[key]; known != nil {
		return known
	}
	known := &denial{Denial: Denial{
		Function: r.Caller.Function, Action: key.action, Resource: key.resource, Explicit: d.Explicit, Reason: d.Reason,
	}}
	e.denials[key] = known
	return known
}

// principalName is the name under which a caller is reported.
func principalName(c Caller) string {
	switch {
	case c.Service != "":
		return c.Service
	case c.Role != "":
		return c.Role
	}
	return c.ARN
}
