package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// references lists the logical ids that a resource depends on: those its properties refer to, in the branches its conditions
// take, and its DependsOn.
func (e evaluator) references(r *Resource) ([]string, error) {
	w := walker{evaluator: e}
	if err := w.walk("Properties", r.properties); err != nil {
		return nil, err
	}
	for _, id := range r.dependsOn {
		if err := w.need("DependsOn", id); err != nil {
			return nil, err
		}
	}
	return w.ids, nil
}

// importedFrom lists the artifact ids of the stacks whose exports s uses.
func (a *Assembly) importedFrom(s *Stack) ([]string, error) {
	w := walker{evaluator: evaluator{assembly: a, stack: s}}
	for _, id := range slices.Sorted(maps.Keys(s.resources)) {
		if err := w.walk("Properties", s.resources[id].properties); err != nil {
			return nil, wrap(s.resources[id].String(), err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.outputs)) {
		if err := w.walk("Outputs."+key, s.outputs[key].value); err != nil {
			return nil, wrap("stack "+s.Name, err)
		}
	}
	return w.stacks, nil
}

// A walker collects references without resolving them.
type walker struct {
	evaluator
	ids    []string // logical ids
	stacks []string // artifact ids
}

func (w *walker) walk(path string, v any) error {
	if name, argument, ok := function(v); ok {
		return w.function(path, name, argument)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := w.walk(path+"."+key, v[key]); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range v {
			if err := w.walk(path+"["+strconv.Itoa(i)+"]", item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walker) function(path, name string, argument any) error {
	switch name {
	case "Ref":
		id, ok := argument.(string)
		if !ok {
			return at(path+": Ref", fmt.Errorf("%v is not a name", argument))
		}
		return w.need(path+": Ref", id)
	case "Fn::GetAtt":
		id, _, err := w.attributeName(path, argument)
		if err != nil {
			return at(path+": Fn::GetAtt", err)
		}
		return w.need(path+": Fn::GetAtt", id)
	case "Fn::Sub":
		return w.sub(path, argument)
	case "Fn::If":
		branch, err := w.branch(argument)
		if err != nil {
			return at(path+": Fn::If", err)
		}
		return w.walk(path, branch)
	case "Fn::ImportValue":
		return w.imports(path, argument)
	}
	return w.walk(path+"."+name, argument)
}

// need records a logical id; one that is neither resource nor parameter is an error here, before anything is created.
func (w *walker) need(path, id string) error {
	if _, ok := w.stack.resources[id]; ok {
		w.ids = append(w.ids, id)
		return nil
	}
	_, isPseudo := w.stack.pseudo(id)
	if _, isParameter := w.stack.parameters[id]; isPseudo || isParameter {
		return nil
	}
	return at(path, fmt.Errorf("%s is not a resource, parameter or pseudo parameter of the stack", id))
}

func (w *walker) sub(path string, argument any) error {
	parts, variables, err := subArguments(argument)
	if err != nil {
		return at(path+": Fn::Sub", err)
	}
	for _, part := range parts {
		if _, own := variables[part.name]; own || part.name == "" {
			continue
		}
		id, _, _ := strings.Cut(part.name, ".")
		if err := w.need(path+": Fn::Sub", id); err != nil {
			return err
		}
	}
	return w.walk(path+".Fn::Sub[1]", variables)
}

// imports records the stack that an import comes from. The name cannot depend on resources.
func (w *walker) imports(path string, argument any) error {
	name, err := w.text(path, argument)
	if err != nil {
		return at(path+": Fn::ImportValue", err)
	}
	from, ok := w.assembly.exports[name]
	if !ok {
		return at(path+": Fn::ImportValue", fmt.Errorf("no stack exports %q", name))
	}
	w.stacks = append(w.stacks, from.stack.artifact)
	return nil
}
