package assembly

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A foundStack is a stack of a manifest, its template not yet read.
type foundStack struct {
	id, name    string
	needs       []string // ids
	environment string   // aws://account/region
	template    string   // file
	parameters  map[string]string
}

func newFoundStack(dir, prefix, id string, art artifact) foundStack {
	f := foundStack{
		id: prefix + id, name: art.Properties.StackName, environment: art.Environment,
		template: filepath.Join(dir, art.Properties.TemplateFile), parameters: art.Properties.Parameters,
	}
	if f.name == "" {
		f.name = id
	}
	for _, needed := range art.Dependencies {
		f.needs = append(f.needs, prefix+needed)
	}
	return f
}

// choose returns the stacks of the names, or artifact ids, and those they depend on; all stacks if there are no names.
func choose(found []foundStack, names []string) ([]foundStack, error) {
	if len(names) == 0 {
		return found, nil
	}
	chosen := map[string]bool{}
	var add func(id string)
	add = func(id string) {
		i := slices.IndexFunc(found, func(f foundStack) bool { return f.id == id })
		if i < 0 || chosen[id] { // assets are dependencies, too
			return
		}
		chosen[id] = true
		for _, need := range found[i].needs {
			add(need)
		}
	}
	for _, name := range names {
		i := slices.IndexFunc(found, func(f foundStack) bool { return f.name == name || f.id == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no stack %s, but %s", name, strings.Join(namesOf(found), ", "))
		}
		add(found[i].id)
	}
	return slices.DeleteFunc(slices.Clone(found), func(f foundStack) bool { return !chosen[f.id] }), nil
}

func namesOf(found []foundStack) []string {
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.name
	}
	slices.Sort(names)
	return names
}
