package assembly

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// template is a CloudFormation template
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html).
type template struct {
	AWSTemplateFormatVersion string
	Description              string
	Metadata                 any
	Rules                    any // assertions on parameters, such as the CDK's check of its bootstrap version
	Transform                any
	Parameters               map[string]parameterDeclaration
	Mappings                 map[string]map[string]map[string]any
	Conditions               map[string]any
	Resources                map[string]resourceDeclaration
	Outputs                  map[string]outputDeclaration
}

// UnmarshalJSON refuses sections that this package does not read.
func (t *template) UnmarshalJSON(text []byte) error {
	type plain template
	return strict(text, (*plain)(t))
}

type resourceDeclaration struct {
	Type       string
	Properties map[string]any
	DependsOn  any
	Condition  string
	Metadata   map[string]any

	// The rest matters to updates and deletion, which do not happen here.
	DeletionPolicy      string
	UpdateReplacePolicy string
	UpdatePolicy        any
}

type outputDeclaration struct {
	Description string
	Value       any
	Condition   string
	Export      *struct{ Name any }
}

// strict decodes JSON, keeping numbers as written and refusing unknown fields.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// fill copies the template into the stack. values are those of the parameters in the manifest.
func (s *Stack) fill(t template, values map[string]string) error {
	if t.Transform != nil {
		return fmt.Errorf("the template's Transform %v is %w", t.Transform, ErrUnsupported)
	}
	s.mappings, s.conditions = t.Mappings, t.Conditions
	s.parameters = map[string]parameter{}
	for _, name := range slices.Sorted(maps.Keys(t.Parameters)) {
		p, err := t.Parameters[name].value(values[name])
		if err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
		s.parameters[name] = p
	}
	s.resources = map[string]*Resource{}
	for id, d := range t.Resources {
		dependsOn, err := stringList(d.DependsOn)
		if err != nil {
			return fmt.Errorf("resource %s: DependsOn: %w", id, err)
		}
		path, _ := d.Metadata["aws:cdk:path"].(string)
		s.resources[id] = &Resource{
			Stack: s, LogicalID: id, Type: d.Type, Path: path,
			properties: d.Properties, dependsOn: dependsOn, condition: d.Condition,
		}
	}
	s.outputs = map[string]output{}
	for key, d := range t.Outputs {
		o := output{value: d.Value, condition: d.Condition}
		if d.Export != nil {
			o.export = d.Export.Name
		}
		s.outputs[key] = o
	}
	return nil
}

// stringList reads a string or a list of strings.
func stringList(v any) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		var out []string
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("%v is not a string", item)
			}
			out = append(out, text)
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is neither a string nor a list", v)
}
