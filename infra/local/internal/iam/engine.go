package iam

import (
	"strings"
	"sync"
	"time"
)

// maxEntries bounds the cache of decisions: there is no end of resources, as each connection id is one.
const maxEntries = 1 << 16

// An Engine holds every policy and decides requests. It is safe for concurrent use.
type Engine struct {
	account string
	region  string
	now     func() time.Time

	mu        sync.RWMutex
	roles     map[string]*owner // by role name
	resources map[string]*owner // by ARN
	cache     map[cacheKey]*entry
	denials   denials
}

// An owner is a role or a resource with its policies.
type owner struct {
	name       string
	statements []*tracked
}

// NewEngine returns an engine without policies: only the administrator may do anything. now is the clock for aws:CurrentTime.
func NewEngine(account, region string, now func() time.Time) *Engine {
	return &Engine{
		account:   account,
		region:    region,
		now:       now,
		roles:     map[string]*owner{},
		resources: map[string]*owner{},
		cache:     map[cacheKey]*entry{},
		denials:   denials{},
	}
}

// PutRole sets the identity policies of a role, replacing those it had together with their usage.
func (e *Engine) PutRole(role string, policies ...Policy) {
	e.put(e.roles, role, policies)
}

// PutResourcePolicy sets the resource policies of a resource, replacing those it had together with their usage. Several
// policies are evaluated as one: each Lambda permission is a statement of its own.
func (e *Engine) PutResourcePolicy(resourceARN string, policies ...Policy) {
	e.put(e.resources, resourceARN, policies)
}

func (e *Engine) put(owners map[string]*owner, name string, policies []Policy) {
	o := &owner{name: name}
	for _, p := range policies {
		for i := range p.statements {
			o.statements = append(o.statements, newTracked(&p.statements[i]))
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	owners[name] = o
	clear(e.cache)
}

// Authorize decides a request and records it. Decisions that do not depend on conditions are cached by caller, action and
// resource.
func (e *Engine) Authorize(r Request) Decision {
	if r.Caller.Admin {
		return Decision{Allowed: true}
	}
	key := cacheKey{principal: r.Caller.ARN, action: r.Action, resource: r.Resource}
	if r.Caller.Service != "" {
		key.principal = r.Caller.Service
	}
	e.mu.RLock()
	found := e.cache[key]
	e.mu.RUnlock()
	if found == nil {
		found = e.build(key, &r)
	}
	decision := found.decide(e, &r)
	if !decision.Allowed {
		e.deny(&r, decision)
	}
	return decision
}

// build finds the statements that match caller, action and resource, and caches them.
func (e *Engine) build(key cacheKey, r *Request) *entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	found := newEntry(r, e.roles[r.Caller.Role], e.resourceOwner(r.Resource), e.account)
	if len(e.cache) >= maxEntries {
		clear(e.cache)
	}
	e.cache[key] = found
	return found
}

// resourceOwner finds whose policy governs a resource: its own or, for an object, its bucket's.
func (e *Engine) resourceOwner(resource string) *owner {
	if o, ok := e.resources[resource]; ok {
		return o
	}
	if bucket, _, isObject := strings.Cut(resource, "/"); isObject && strings.HasPrefix(bucket, "arn:aws:s3:::") {
		return e.resources[bucket]
	}
	return nil
}
