package iam

import (
	"errors"
	"fmt"
	"strings"
)

// A statement is one statement of a policy.
type statement struct {
	source     string
	sid        string
	index      int // its position in the document, from 0
	deny       bool
	actions    []pattern
	notAction  bool // actions are those it excludes
	resources  []pattern
	notRes     bool        // resources are what it is not about
	principals *principals // nil in an identity policy
	conditions []condition
}

func parseStatement(kind Kind, variables bool, raw any) (statement, error) {
	var s statement
	m, ok := raw.(map[string]any)
	if !ok {
		return s, fmt.Errorf("a statement is an object, not %T", raw)
	}
	known := []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
	if kind == Resource {
		known = append(known, "Principal")
	}
	if err := onlyKeys(m, known...); err != nil {
		return s, err
	}
	s.sid, _ = m["Sid"].(string)
	switch m["Effect"] {
	case "Allow":
	case "Deny":
		s.deny = true
	default:
		return s, fmt.Errorf("effect %v is neither Allow nor Deny", m["Effect"])
	}
	var err error
	if s.actions, s.notAction, err = parseActions(m); err != nil {
		return s, err
	}
	if s.resources, s.notRes, err = parseResources(kind, variables, m); err != nil {
		return s, err
	}
	if kind == Resource {
		if s.principals, err = parsePrincipals(m["Principal"]); err != nil {
			return s, err
		}
	}
	s.conditions, err = parseConditions(variables, m["Condition"])
	return s, err
}

// oneOf returns the values of the element or of its Not form, of which a statement has one.
func oneOf(m map[string]any, element string) (values []string, not bool, err error) {
	yes, hasYes := m[element]
	no, hasNo := m["Not"+element]
	if hasYes && hasNo {
		return nil, false, fmt.Errorf("has both %s and Not%s", element, element)
	}
	if hasNo {
		yes = no
	}
	values, err = texts(yes)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", element, err)
	}
	if (hasYes || hasNo) && len(values) == 0 {
		return nil, false, fmt.Errorf("%s is empty", element)
	}
	return values, hasNo, nil
}

func parseActions(m map[string]any) ([]pattern, bool, error) {
	values, not, err := oneOf(m, "Action")
	if err != nil {
		return nil, false, err
	}
	if len(values) == 0 {
		return nil, false, errors.New("has neither Action nor NotAction")
	}
	var out []pattern
	for _, v := range values {
		if v != "*" && !strings.Contains(v, ":") {
			return nil, false, fmt.Errorf("action %q is not of the form service:Operation", v)
		}
		p, err := newActionPattern(v)
		if err != nil {
			return nil, false, fmt.Errorf("action: %w", err)
		}
		out = append(out, p)
	}
	return out, not, nil
}

func parseResources(kind Kind, variables bool, m map[string]any) ([]pattern, bool, error) {
	values, not, err := oneOf(m, "Resource")
	if err != nil {
		return nil, false, err
	}
	if len(values) == 0 {
		if kind == Identity {
			return nil, false, errors.New("has neither Resource nor NotResource")
		}
		values = []string{"*"}
	}
	var out []pattern
	for _, v := range values {
		if v != "*" && !strings.HasPrefix(v, "arn:") {
			return nil, false, fmt.Errorf("resource %q is neither an ARN nor *", v)
		}
		p, err := newPattern(v, dialect{wildcards: true, variables: variables})
		if err != nil {
			return nil, false, fmt.Errorf("resource: %w", err)
		}
		out = append(out, p)
	}
	return out, not, nil
}

// matchAction returns the patterns that match the action (lower case); ok without any means NotAction.
func (s *statement) matchAction(action string) (hits []int, ok bool) {
	for i := range s.actions {
		if s.actions[i].matches(action, nil) {
			hits = append(hits, i)
		}
	}
	if s.notAction {
		return nil, len(hits) == 0
	}
	return hits, len(hits) > 0
}

// matchResource returns the patterns that match the resource; ok without any means NotResource.
func (s *statement) matchResource(resource string, l lookup) (hits []int, ok bool) {
	for i := range s.resources {
		if s.resources[i].matches(resource, l) {
			hits = append(hits, i)
		}
	}
	if s.notRes {
		return nil, len(hits) == 0
	}
	return hits, len(hits) > 0
}

// dynamic reports whether more than caller, action and resource decides if the statement applies.
func (s *statement) dynamic() bool {
	return len(s.conditions) > 0 || s.variableResource()
}

func (s *statement) variableResource() bool {
	for i := range s.resources {
		if s.resources[i].parts != nil {
			return true
		}
	}
	return false
}
