package websocket

import (
	"encoding/json"
	"fmt"
	"strings"
)

// selection is a parsed route selection expression: alternating texts and variables.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
type selection []selectionPart

type selectionPart struct {
	literal string
	path    []string // of a variable under $request.body
}

const bodyVariable = "request.body"

// parseSelection reads $request.body.action, ${request.body.a.b}, several variables with text between them, and \$
// for a dollar sign.
func parseSelection(expression string) (selection, error) {
	var parts selection
	for rest := expression; rest != ""; {
		switch {
		case strings.HasPrefix(rest, `\$`):
			parts, rest = append(parts, selectionPart{literal: "$"}), rest[2:]
		case rest[0] == '$':
			name, after, err := cutVariable(rest)
			if err != nil {
				return nil, err
			}
			path, ok := strings.CutPrefix(name, bodyVariable+".")
			if !ok || path == "" || strings.Contains(path, "..") || strings.HasSuffix(path, ".") {
				return nil, fmt.Errorf("%w: variable %q in %q", ErrExpression, name, expression)
			}
			parts, rest = append(parts, selectionPart{path: strings.Split(path, ".")}), after
		default:
			n := strings.IndexAny(rest, `$\`)
			if n < 0 {
				n = len(rest)
			}
			n = max(n, 1)
			parts, rest = append(parts, selectionPart{literal: rest[:n]}), rest[n:]
		}
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrExpression)
	}
	return parts, nil
}

// cutVariable splits "$request.body.x-rest" or "${request.body.x}rest" after the variable.
func cutVariable(s string) (name, rest string, err error) {
	if strings.HasPrefix(s, "${") {
		name, rest, found := strings.Cut(s[2:], "}")
		if !found {
			return "", "", fmt.Errorf("%w: %q has no closing brace", ErrExpression, s)
		}
		return name, rest, nil
	}
	end := strings.IndexFunc(s[1:], func(r rune) bool {
		return !(r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	if end < 0 {
		return s[1:], "", nil
	}
	return s[1 : 1+end], s[1+end:], nil
}

// evaluate computes the route key of a message; false if it has none, which means $default.
func (s selection) evaluate(message []byte) (string, bool) {
	var key strings.Builder
	for _, part := range s {
		if part.path == nil {
			key.WriteString(part.literal)
			continue
		}
		value, ok := lookup(message, part.path)
		if !ok {
			return "", false
		}
		key.WriteString(value)
	}
	return key.String(), true
}

// lookup finds a string, number or boolean in a JSON object.
func lookup(document []byte, path []string) (string, bool) {
	current := json.RawMessage(document)
	for _, name := range path {
		var object map[string]json.RawMessage
		if json.Unmarshal(current, &object) != nil {
			return "", false
		}
		next, present := object[name]
		if !present {
			return "", false
		}
		current = next
	}
	switch current[0] {
	case '"':
		var text string
		if json.Unmarshal(current, &text) != nil {
			return "", false
		}
		return text, true
	case '{', '[', 'n':
		return "", false
	default:
		return string(current), true
	}
}
