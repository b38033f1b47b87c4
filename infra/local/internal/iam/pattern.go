package iam

import (
	"fmt"
	"strings"
)

// A lookup returns the single value of a condition key of the request, for policy variables.
type lookup func(key string) (value string, ok bool)

// A dialect is the syntax of a policy's text.
type dialect struct {
	wildcards bool // * and ? are wildcards (resources, actions, StringLike, Arn operators)
	variables bool // ${...} is a variable: only in policies of version 2012-10-17
}

// A pattern is compiled text of a policy.
type pattern struct {
	text     string // as written
	compiled string // what is compared, unless there are parts
	literal  bool   // compiled holds no wildcard: compare for equality
	parts    []part // not nil if the text has variables: joined for each request
}

// A part is text without variables, or one variable.
type part struct {
	text     string // compiled text, if key is ""
	key      string // condition key of the variable
	fallback string // its default, if hasDefault
	hasDef   bool
}

func newPattern(text string, d dialect) (pattern, error) {
	p := pattern{text: text}
	if strings.ContainsAny(text, "\x00\x01") {
		return p, fmt.Errorf("%q holds a control character", text)
	}
	parts, err := split(text, d)
	if err != nil {
		return p, err
	}
	if len(parts) == 1 && parts[0].key == "" {
		p.compiled = parts[0].text
		p.literal = !strings.ContainsAny(p.compiled, "\x00\x01")
		return p, nil
	}
	p.parts = parts
	return p, nil
}

// newActionPattern ignores case, as IAM does for actions
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
func newActionPattern(text string) (pattern, error) {
	p, err := newPattern(strings.ToLower(text), dialect{wildcards: true})
	p.text = text
	return p, err
}

// matches compares s with p. l looks up the variables of p. A variable that has neither a value nor a default matches
// nothing.
func (p pattern) matches(s string, l lookup) bool {
	compiled, ok := p.resolve(l)
	if !ok {
		return false
	}
	if p.literal {
		return compiled == s
	}
	return matchWildcard(compiled, s)
}

// resolve substitutes variables. Their values are taken literally, so that a star in a name never widens a policy.
func (p pattern) resolve(l lookup) (string, bool) {
	if p.parts == nil {
		return p.compiled, true
	}
	var b strings.Builder
	for _, part := range p.parts {
		if part.key == "" {
			b.WriteString(part.text)
			continue
		}
		v, ok := l(part.key)
		if !ok {
			v, ok = part.fallback, part.hasDef
		}
		if !ok {
			return "", false
		}
		b.WriteString(v)
	}
	return b.String(), true
}

// split compiles wildcards and finds variables. There is at least one part. Syntax: ${key}, ${key, 'default'}, and ${*},
// ${?}, ${$} for the characters themselves
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
func split(text string, d dialect) ([]part, error) {
	var parts []part
	var b strings.Builder
	for rest := text; rest != ""; {
		if !d.variables || !strings.HasPrefix(rest, "${") {
			b.WriteByte(wildcard(rest[0], d))
			rest = rest[1:]
			continue
		}
		expression, after, closed := strings.Cut(rest[2:], "}")
		if !closed {
			return nil, fmt.Errorf("%q has a variable without a name or without }", text)
		}
		rest = after
		if expression == "*" || expression == "?" || expression == "$" {
			b.WriteString(expression)
			continue
		}
		v := variable(expression)
		if v.key == "" {
			return nil, fmt.Errorf("%q has a variable without a name or without }", text)
		}
		parts = append(parts, part{text: b.String()}, v)
		b.Reset()
	}
	if b.Len() > 0 || len(parts) == 0 {
		parts = append(parts, part{text: b.String()})
	}
	return parts, nil
}

func wildcard(c byte, d dialect) byte {
	switch {
	case d.wildcards && c == '*':
		return anyRun
	case d.wildcards && c == '?':
		return anyOne
	}
	return c
}

func variable(expression string) part {
	key, fallback, hasDef := strings.Cut(expression, ",")
	return part{
		key:      strings.TrimSpace(key),
		fallback: strings.Trim(strings.TrimSpace(fallback), "'"),
		hasDef:   hasDef,
	}
}
