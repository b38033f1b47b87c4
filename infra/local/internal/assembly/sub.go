package assembly

import (
	"errors"
	"fmt"
	"strings"
)

// A subPart is plain text or one ${name} of a Fn::Sub.
type subPart struct {
	text string
	name string // "" for text
}

// parseSub splits the template of a Fn::Sub. ${!name} is the literal ${name}
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html).
func parseSub(text string) ([]subPart, error) {
	var parts []subPart
	for {
		before, rest, found := strings.Cut(text, "${")
		parts = append(parts, subPart{text: before})
		if !found {
			return parts, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("%q has ${ without }", text)
		}
		if literal, escaped := strings.CutPrefix(name, "!"); escaped {
			parts = append(parts, subPart{text: "${" + literal + "}"})
		} else if strings.TrimSpace(name) == "" {
			return nil, errors.New("has a ${} without a name")
		} else {
			parts = append(parts, subPart{name: strings.TrimSpace(name)})
		}
		text = after
	}
}

// subArguments reads both forms: "text" and ["text", {name: value}].
func subArguments(argument any) ([]subPart, map[string]any, error) {
	variables := map[string]any{}
	if list, ok := argument.([]any); ok {
		if len(list) != 2 {
			return nil, nil, errors.New("takes a string, or a list of a string and an object")
		}
		if variables, ok = list[1].(map[string]any); !ok {
			return nil, nil, fmt.Errorf("%v is not an object", list[1])
		}
		argument = list[0]
	}
	text, ok := argument.(string)
	if !ok {
		return nil, nil, fmt.Errorf("%v is not a string", argument)
	}
	parts, err := parseSub(text)
	return parts, variables, err
}

func (e evaluator) sub(path string, argument any) (any, error) {
	parts, variables, err := subArguments(argument)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(part.text)
		if part.name == "" {
			continue
		}
		v, err := e.subVariable(path, part.name, variables)
		if err != nil {
			return nil, err
		}
		text, err := scalar(v)
		if err != nil {
			return nil, fmt.Errorf("${%s}: %w", part.name, err)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// subVariable looks a name up: the function's own variables first, then like GetAtt or Ref.
func (e evaluator) subVariable(path, name string, variables map[string]any) (any, error) {
	if v, ok := variables[name]; ok {
		return e.value(path+".Fn::Sub[1]."+name, v)
	}
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return e.attribute(id, attribute)
	}
	return e.ref(name)
}
