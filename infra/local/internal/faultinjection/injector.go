package faultinjection

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// An Injection is the fault that one call gets. The zero value is none.
type Injection struct {
	Kind  Kind
	Delay time.Duration // for the kinds that have one
	Rule  string        // id of the rule, for logs
}

// An Injector holds the rules. Its zero value has none and is ready; it is safe for concurrent use.
type Injector struct {
	active atomic.Int64 // number of rules, so that a call costs one load while there are none
	mu     sync.Mutex
	next   int64
	rules  []*armed
}

// An armed rule has its own random numbers, so that rules do not disturb each other's sequence.
type armed struct {
	Rule
	random *rand.Rand
	fired  int64
}

// A Status is a rule with the number of faults that it has injected.
type Status struct {
	Rule
	Fired int64 `json:"fired"`
}

// Add adds a rule and returns it with its id and defaults. The error wraps ErrRule.
func (i *Injector) Add(r Rule) (Rule, error) {
	if err := r.normalize(); err != nil {
		return Rule{}, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.next++
	r.ID = strconv.FormatInt(i.next, 10)
	i.rules = append(i.rules, &armed{Rule: r, random: rand.New(rand.NewPCG(r.Seed, 0))})
	i.active.Add(1)
	return r, nil
}

// Remove removes a rule. The error wraps ErrNotFound.
func (i *Injector) Remove(id string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	at := slices.IndexFunc(i.rules, func(a *armed) bool { return a.ID == id })
	if at < 0 {
		return fmt.Errorf("faults: remove: %w: %q", ErrNotFound, id)
	}
	i.rules = slices.Delete(i.rules, at, at+1)
	i.active.Add(-1)
	return nil
}

// Clear removes all rules.
func (i *Injector) Clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.active.Add(-int64(len(i.rules)))
	i.rules = nil
}

// Rules lists the rules in the order of their addition. Never nil.
func (i *Injector) Rules() []Status {
	i.mu.Lock()
	defer i.mu.Unlock()
	statuses := make([]Status, 0, len(i.rules))
	for _, a := range i.rules {
		statuses = append(statuses, Status{Rule: a.Rule, Fired: a.fired})
	}
	return statuses
}

// Inject decides which fault, among the kinds that the caller can inject, a call gets. Every rule of those kinds that matches
// draws its number, so that its sequence depends only on the calls it matches; the first that strikes wins. Rules of other
// kinds are left for the part that can inject them: they neither draw nor count.
func (i *Injector) Inject(service, action, function string, among ...Kind) Injection {
	if i.active.Load() == 0 {
		return Injection{}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	var injected Injection
	for _, a := range i.rules {
		if !slices.Contains(among, a.Kind) || !a.matches(service, action, function) || a.Count > 0 && a.fired >= a.Count {
			continue
		}
		strikes := a.random.Float64() < *a.Share
		if strikes && injected.Kind == None {
			a.fired++
			injected = Injection{Kind: a.Kind, Delay: a.delay(a.random), Rule: a.ID}
		}
	}
	return injected
}
