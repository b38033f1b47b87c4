package assembly

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// noValue is the result of Ref AWS::NoValue: the property or list item disappears.
type noValue struct{}

// An evaluator resolves the intrinsics of one stack. Until resources exist, values is nil, and only what does not depend on
// them can be resolved: conditions, export names, mappings.
type evaluator struct {
	assembly *Assembly
	stack    *Stack
	values   *Resolver
}

// function returns the intrinsic function that v calls: v is a map of one key that is Ref or starts with Fn::.
func function(v any) (name string, argument any, ok bool) {
	m, isMap := v.(map[string]any)
	if !isMap || len(m) != 1 {
		return "", nil, false
	}
	for name, argument = range m {
	}
	return name, argument, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

// value resolves v and everything in it. path is that of v, for errors.
func (e evaluator) value(path string, v any) (any, error) {
	if name, argument, ok := function(v); ok {
		resolved, err := e.call(path, name, argument)
		return resolved, at(path+": "+name, err)
	}
	switch v := v.(type) {
	case map[string]any:
		return e.object(path, v)
	case []any:
		return e.array(path, v)
	}
	return v, nil
}

func (e evaluator) object(path string, m map[string]any) (any, error) {
	out := make(map[string]any, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key == "Ref" || strings.HasPrefix(key, "Fn::") {
			return nil, at(path, fmt.Errorf("%s cannot stand here, or not beside other keys", key))
		}
		resolved, err := e.value(path+"."+key, m[key])
		if err != nil {
			return nil, err
		}
		if resolved != (noValue{}) {
			out[key] = resolved
		}
	}
	return out, nil
}

func (e evaluator) array(path string, list []any) (any, error) {
	out := make([]any, 0, len(list))
	for i, item := range list {
		resolved, err := e.value(path+"["+strconv.Itoa(i)+"]", item)
		if err != nil {
			return nil, err
		}
		if resolved != (noValue{}) {
			out = append(out, resolved)
		}
	}
	return out, nil
}

// call evaluates one intrinsic function
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
// Those of the AWS::LanguageExtensions transform, Fn::Cidr, Fn::GetAZs and macros are not supported.
func (e evaluator) call(path, name string, argument any) (any, error) {
	switch name {
	case "Ref":
		id, ok := argument.(string)
		if !ok {
			return nil, fmt.Errorf("%v is not a name", argument)
		}
		return e.ref(id)
	case "Fn::GetAtt":
		return e.getAtt(path, argument)
	case "Fn::Sub":
		return e.sub(path, argument)
	case "Fn::Join":
		return e.join(path, argument)
	case "Fn::Select":
		return e.selectItem(path, argument)
	case "Fn::Split":
		return e.split(path, argument)
	case "Fn::If":
		return e.choose(path, argument)
	case "Fn::ImportValue":
		return e.importValue(path, argument)
	case "Fn::FindInMap":
		return e.findInMap(path, argument)
	case "Fn::Base64":
		text, err := e.text(path, argument)
		return base64.StdEncoding.EncodeToString([]byte(text)), err
	}
	return nil, fmt.Errorf("this intrinsic function is %w", ErrUnsupported)
}

func (e evaluator) ref(id string) (any, error) {
	if v, ok := e.stack.pseudo(id); ok {
		return v, nil
	}
	if p, ok := e.stack.parameters[id]; ok {
		if p.err != nil {
			return nil, fmt.Errorf("parameter %s: %w", id, p.err)
		}
		return p.value, nil
	}
	v, err := e.resource(id)
	return v.Ref, err
}

func (e evaluator) getAtt(path string, argument any) (any, error) {
	id, attribute, err := e.attributeName(path, argument)
	if err != nil {
		return nil, err
	}
	return e.attribute(id, attribute)
}

// attributeName reads both forms: ["Id", "Attribute"] and "Id.Attribute".
func (e evaluator) attributeName(path string, argument any) (id, attribute string, err error) {
	if text, ok := argument.(string); ok {
		id, attribute, ok = strings.Cut(text, ".")
		if !ok {
			return "", "", fmt.Errorf("%q is not of the form logicalId.attribute", text)
		}
		return id, attribute, nil
	}
	items, err := arguments(argument, 2, 2)
	if err != nil {
		return "", "", err
	}
	id, ok := items[0].(string)
	if !ok {
		return "", "", fmt.Errorf("%v is not a logical id", items[0])
	}
	attribute, err = e.text(path, items[1])
	return id, attribute, err
}

func (e evaluator) attribute(id, attribute string) (any, error) {
	v, err := e.resource(id)
	if err != nil {
		return nil, err
	}
	if got, ok := v.Attributes[attribute]; ok {
		return got, nil
	}
	return nil, fmt.Errorf("attribute %s of %s (%s) is %w", attribute, id, e.stack.resources[id].Type, ErrUnsupported)
}

func (e evaluator) resource(id string) (Values, error) {
	r, ok := e.stack.resources[id]
	if !ok {
		return Values{}, fmt.Errorf("%s is not a resource, parameter or pseudo parameter of the stack", id)
	}
	if e.values == nil {
		return Values{}, fmt.Errorf("%s is a resource, which does not exist yet", id)
	}
	v, ok := e.values.known[r]
	if !ok {
		return Values{}, fmt.Errorf("resource %s does not exist: its condition %s is false", id, r.condition)
	}
	return v, nil
}

func (e evaluator) join(path string, argument any) (any, error) {
	items, err := arguments(argument, 2, 2)
	if err != nil {
		return nil, err
	}
	delimiter, ok := items[0].(string)
	if !ok {
		return nil, fmt.Errorf("delimiter %v is not a string", items[0])
	}
	texts, err := e.texts(path+".Fn::Join[1]", items[1])
	return strings.Join(texts, delimiter), err
}

func (e evaluator) selectItem(path string, argument any) (any, error) {
	items, err := arguments(argument, 2, 2)
	if err != nil {
		return nil, err
	}
	position, err := e.text(path, items[0])
	if err != nil {
		return nil, err
	}
	index, err := strconv.Atoi(position)
	if err != nil {
		return nil, fmt.Errorf("index %q is not a number", position)
	}
	list, err := e.list(path, items[1])
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= len(list) {
		return nil, fmt.Errorf("index %d is outside a list of %d", index, len(list))
	}
	return list[index], nil
}

func (e evaluator) split(path string, argument any) (any, error) {
	items, err := arguments(argument, 2, 2)
	if err != nil {
		return nil, err
	}
	delimiter, ok := items[0].(string)
	if !ok || delimiter == "" {
		return nil, fmt.Errorf("delimiter %v is not a string with something in it", items[0])
	}
	text, err := e.text(path, items[1])
	if err != nil {
		return nil, err
	}
	var out []any
	for piece := range strings.SplitSeq(text, delimiter) {
		out = append(out, piece)
	}
	return out, nil
}

func (e evaluator) choose(path string, argument any) (any, error) {
	branch, err := e.branch(argument)
	if err != nil {
		return nil, err
	}
	return e.value(path, branch)
}

// branch returns the unresolved branch that an Fn::If takes. The other may refer to resources that do not exist.
func (e evaluator) branch(argument any) (any, error) {
	items, err := arguments(argument, 3, 3)
	if err != nil {
		return nil, err
	}
	name, ok := items[0].(string)
	if !ok {
		return nil, fmt.Errorf("%v is not the name of a condition", items[0])
	}
	truth, err := e.condition(name)
	if err != nil {
		return nil, err
	}
	if truth {
		return items[1], nil
	}
	return items[2], nil
}

func (e evaluator) importValue(path string, argument any) (any, error) {
	name, err := e.text(path, argument)
	if err != nil {
		return nil, err
	}
	from, ok := e.assembly.exports[name]
	if !ok {
		return nil, fmt.Errorf("no stack exports %q", name)
	}
	exporter := evaluator{assembly: e.assembly, stack: from.stack, values: e.values}
	v, err := exporter.text("Outputs."+from.output+".Value", from.stack.outputs[from.output].value)
	if err != nil {
		return nil, &pathError{path: path, err: fmt.Errorf("%q of stack %s: %w", name, from.stack.Name, err)}
	}
	return v, nil
}

func (e evaluator) findInMap(path string, argument any) (any, error) {
	items, err := arguments(argument, 3, 3)
	if err != nil {
		return nil, err
	}
	keys, err := e.texts(path, items)
	if err != nil {
		return nil, err
	}
	v, ok := e.stack.mappings[keys[0]][keys[1]][keys[2]]
	if !ok {
		return nil, fmt.Errorf("there is no %s", strings.Join(keys, "."))
	}
	return v, nil
}
