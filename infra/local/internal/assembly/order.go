package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sorter orders names so that each follows those it depends on, alphabetically where that leaves a choice.
type sorter struct {
	needs map[string][]string
	done  map[string]bool
	order []string
}

// sortByNeed fails with ErrCycle and names the cycle. Dependencies that are not among the names are ignored.
func sortByNeed(needs map[string][]string) ([]string, error) {
	s := &sorter{needs: needs, done: map[string]bool{}}
	for _, name := range slices.Sorted(maps.Keys(needs)) {
		if err := s.visit(name, nil); err != nil {
			return nil, err
		}
	}
	return s.order, nil
}

func (s *sorter) visit(name string, within []string) error {
	if _, known := s.needs[name]; !known || s.done[name] {
		return nil
	}
	if i := slices.Index(within, name); i >= 0 {
		return fmt.Errorf("%w: %s", ErrCycle, chain(append(within[i:], name)))
	}
	within = append(slices.Clone(within), name)
	for _, need := range slices.Sorted(slices.Values(s.needs[name])) {
		if err := s.visit(need, within); err != nil {
			return err
		}
	}
	s.done[name] = true
	s.order = append(s.order, name)
	return nil
}

func chain(names []string) string { return strings.Join(names, " -> ") }

func (a *Assembly) orderStacks() error {
	needs, byArtifact := map[string][]string{}, map[string]*Stack{}
	for _, s := range a.Stacks {
		byArtifact[s.artifact] = s
		needs[s.artifact] = slices.Clone(s.dependsOn)
	}
	for _, s := range a.Stacks {
		imported, err := a.importedFrom(s)
		if err != nil {
			return err
		}
		needs[s.artifact] = append(needs[s.artifact], imported...)
	}
	order, err := sortByNeed(needs)
	if err != nil {
		return wrap("stacks", err)
	}
	a.Stacks = a.Stacks[:0]
	for _, id := range order {
		a.Stacks = append(a.Stacks, byArtifact[id])
	}
	return nil
}

// orderResources fills s.Order with the resources whose conditions hold.
func (a *Assembly) orderResources(s *Stack) error {
	e := evaluator{assembly: a, stack: s}
	needs := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(s.resources)) {
		r := s.resources[id]
		if r.condition != "" {
			truth, err := e.condition(r.condition)
			if err != nil {
				return wrap(r.String(), err)
			}
			if !truth {
				continue
			}
		}
		found, err := e.references(r)
		if err != nil {
			return wrap(r.String(), err)
		}
		needs[id] = found
	}
	order, err := sortByNeed(needs)
	if err != nil {
		return wrap("stack "+s.Name, err)
	}
	for _, id := range order {
		s.Order = append(s.Order, s.resources[id])
	}
	return nil
}

// String names the resource in messages.
func (r *Resource) String() string {
	return "stack " + r.Stack.Name + ": resource " + r.LogicalID + " (" + r.Type + ")"
}
