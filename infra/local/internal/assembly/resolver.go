package assembly

import (
	"fmt"
	"maps"
	"slices"
)

// Values are what intrinsics return for a resource that has been created.
type Values struct {
	// Ref is a string, or nil for the few resource types without one.
	Ref any
	// Attributes are what Fn::GetAtt returns, by name: strings or lists of strings.
	Attributes map[string]any
}

// A Resolver resolves properties and outputs while resources are created. It is not safe for concurrent use.
type Resolver struct {
	assembly *Assembly
	options  Options
	known    map[*Resource]Values
}

// Options provide what CloudFormation gets from other services. Each may be nil.
type Options struct {
	// Secret resolves {{resolve:secretsmanager:...}}. Default: such a reference is an error.
	Secret func(SecretReference) (string, error)
	// Rewrite changes every string of resolved properties and outputs, last of all.
	Rewrite func(string) string
}

// NewResolver returns a resolver without resources.
func NewResolver(a *Assembly, o Options) *Resolver {
	return &Resolver{assembly: a, options: o, known: map[*Resource]Values{}}
}

// Set sets what Ref and Fn::GetAtt of a resource return.
func (r *Resolver) Set(resource *Resource, v Values) { r.known[resource] = v }

// Properties resolves the properties of a resource. Everything it refers to must have been Set. The result consists of maps,
// lists, strings, json.Number and booleans.
func (r *Resolver) Properties(resource *Resource) (map[string]any, error) {
	e := evaluator{assembly: r.assembly, stack: resource.Stack, values: r}
	resolved, err := e.object("Properties", resource.properties)
	if err == nil {
		resolved, err = r.finish("Properties", resolved)
	}
	if err != nil {
		return nil, wrap(resource.String(), err)
	}
	return resolved.(map[string]any), nil
}

// Outputs resolves the outputs of all stacks: stack name, key, value. It is the shape of `cdk deploy --outputs-file`.
func (r *Resolver) Outputs() (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, s := range r.assembly.Stacks {
		values, err := r.stackOutputs(s)
		if err != nil {
			return nil, err
		}
		if len(values) > 0 {
			all[s.Name] = values
		}
	}
	return all, nil
}

func (r *Resolver) stackOutputs(s *Stack) (map[string]string, error) {
	e := evaluator{assembly: r.assembly, stack: s, values: r}
	values := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(s.outputs)) {
		present, err := e.holds(s.outputs[key].condition)
		if err != nil {
			return nil, wrap("stack "+s.Name+": output "+key, err)
		}
		if !present {
			continue
		}
		text, err := e.text("Value", s.outputs[key].value)
		if err == nil {
			text, err = r.finishText(text)
		}
		if err != nil {
			return nil, wrap("stack "+s.Name+": output "+key, err)
		}
		values[key] = text
	}
	return values, nil
}

// finish resolves dynamic references and rewrites in every string, once whole strings are known. It copies, because a
// list may be a parameter's or a resource's own.
func (r *Resolver) finish(path string, v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			done, err := r.finish(path+"."+key, v[key])
			if err != nil {
				return nil, err
			}
			out[key] = done
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			done, err := r.finish(fmt.Sprintf("%s[%d]", path, i), item)
			if err != nil {
				return nil, err
			}
			out[i] = done
		}
		return out, nil
	case string:
		text, err := r.finishText(v)
		return text, at(path, err)
	}
	return v, nil
}

func (r *Resolver) finishText(text string) (string, error) {
	text, err := r.resolveDynamic(text)
	if err == nil && r.options.Rewrite != nil {
		text = r.options.Rewrite(text)
	}
	return text, err
}
