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

// A Decision is what shall go wrong with one call. The zero value: nothing.
type Decision struct {
	Kind  Kind
	Delay time.Duration // for kind Delay
	Rule  string        // id of the rule, for logs
}

// A Set holds the rules. Its zero value has none and is ready; it is safe for concurrent use.
type Set struct {
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

// Status is a rule with the number of faults it has caused.
type Status struct {
	Rule
	Fired int64 `json:"fired"`
}

// Add adds a rule and gives it with its id and defaults. The error wraps ErrRule.
func (s *Set) Add(r Rule) (Rule, error) {
	if err := r.normalize(); err != nil {
		return Rule{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	r.ID = strconv.FormatInt(s.next, 10)
	s.rules = append(s.rules, &armed{Rule: r, random: rand.New(rand.NewPCG(r.Seed, 0))})
	s.active.Add(1)
	return r, nil
}

// Remove removes a rule. The error wraps ErrNotFound.
func (s *Set) Remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.rules, func(a *armed) bool { return a.ID == id })
	if i < 0 {
		return fmt.Errorf("faults: remove: %w: %q", ErrNotFound, id)
	}
	s.rules = slices.Delete(s.rules, i, i+1)
	s.active.Add(-1)
	return nil
}

// Clear removes all rules.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active.Add(-int64(len(s.rules)))
	s.rules = nil
}

// Rules lists the rules in the order of their addition. Never nil.
func (s *Set) Rules() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Status, 0, len(s.rules))
	for _, a := range s.rules {
		list = append(list, Status{Rule: a.Rule, Fired: a.fired})
	}
	return list
}

// Decide says what shall go wrong with a call. Every rule that matches draws its number, so that its sequence depends
// only on the calls it matches; the first that strikes wins.
func (s *Set) Decide(service, action, function string) Decision {
	return s.DecideAmong(nil, service, action, function)
}

// DecideAmong is Decide for a part that can do only some kinds: rules of other kinds are left for the part that can, and
// neither draw nor count. nil is every kind.
func (s *Set) DecideAmong(kinds []Kind, service, action, function string) Decision {
	if s.active.Load() == 0 {
		return Decision{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var d Decision
	for _, a := range s.rules {
		if kinds != nil && !slices.Contains(kinds, a.Kind) || !a.matches(service, action, function) || a.Count > 0 && a.fired >= a.Count {
			continue
		}
		strikes := a.random.Float64() < *a.Share
		if strikes && d.Kind == None {
			a.fired++
			d = Decision{Kind: a.Kind, Delay: a.delay(), Rule: a.ID}
		}
	}
	return d
}
