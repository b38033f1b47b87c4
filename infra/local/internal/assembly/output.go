package assembly

import (
	"fmt"
	"maps"
	"slices"
)

// collectExports records the names under which s exports outputs.
func (a *Assembly) collectExports(s *Stack) error {
	e := evaluator{assembly: a, stack: s}
	for _, key := range slices.Sorted(maps.Keys(s.outputs)) {
		o := s.outputs[key]
		present, err := e.holds(o.condition)
		if err != nil {
			return wrap("stack "+s.Name+": output "+key, err)
		}
		if o.export == nil || !present {
			continue
		}
		name, err := e.text("Export.Name", o.export)
		if err != nil {
			return wrap("stack "+s.Name+": output "+key, err)
		}
		if other, taken := a.exports[name]; taken {
			return wrap("stack "+s.Name+": output "+key, fmt.Errorf("stack %s exports %q already", other.stack.Name, name))
		}
		a.exports[name] = export{stack: s, output: key}
	}
	return nil
}

// holds evaluates a condition that may be absent.
func (e evaluator) holds(condition string) (bool, error) {
	if condition == "" {
		return true, nil
	}
	return e.condition(condition)
}
