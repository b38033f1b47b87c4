package iam

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A condition is one key under one operator of a Condition element.
type condition struct {
	key      string
	operator operator
	set      string // "", forAllValues or forAnyValue
	ifExists bool
	tests    []test // one for each value of the policy
	exists   bool   // of Null: whether the key has to be there
	isNull   bool
}

// A test compares one value of the request with one value of the policy.
type test func(value string, l lookup) bool

const (
	forAllValues = "ForAllValues"
	forAnyValue  = "ForAnyValue"
)

func parseConditions(variables bool, raw any) ([]condition, error) {
	if raw == nil {
		return nil, nil
	}
	block, ok := raw.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("condition is an object, not %T", raw)
	}
	var out []condition
	for _, name := range slices.Sorted(maps.Keys(block)) {
		keys, ok := block[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("condition %s is an object, not %T", name, block[name])
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			c, err := parseCondition(variables, name, key, keys[key])
			if err != nil {
				return nil, fmt.Errorf("condition %s %s: %w", name, key, err)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func parseCondition(variables bool, name, key string, raw any) (condition, error) {
	c := condition{key: key}
	if set, rest, found := strings.Cut(name, ":"); found {
		if set != forAllValues && set != forAnyValue {
			return c, fmt.Errorf("set operator %q is not known", set)
		}
		c.set, name = set, rest
	}
	values, err := texts(raw)
	if err != nil {
		return c, err
	}
	if len(values) == 0 {
		return c, errors.New("has no values")
	}
	if name == "Null" {
		return parseNull(c, values)
	}
	name, c.ifExists = strings.CutSuffix(name, "IfExists")
	var known bool
	if c.operator, known = operators[name]; !known {
		return c, errors.New("operator is not supported")
	}
	for _, v := range values {
		t, err := c.operator.compile(v, variables)
		if err != nil {
			return c, err
		}
		c.tests = append(c.tests, t)
	}
	return c, nil
}

func parseNull(c condition, values []string) (condition, error) {
	if len(values) != 1 || c.set != "" {
		return c, errors.New("takes one value, true or false")
	}
	absent, err := parseBool(values[0])
	c.isNull, c.exists = true, !absent
	return c, err
}

// holds evaluates the condition. The rules for keys that are absent:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// and for keys with several values:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func (c *condition) holds(request *requestContext) bool {
	values, present := request.values(c.key)
	present = present && len(values) > 0
	switch {
	case c.isNull:
		return present == c.exists
	case !present && c.ifExists:
		return true
	case !present && c.set == forAllValues:
		return true
	case !present && c.set == forAnyValue:
		return false
	case !present:
		return c.operator.negated
	}
	matches := func(v string) bool { return c.matches(v, request.lookup) }
	fails := func(v string) bool { return !matches(v) }
	// Without a set operator a negated one asks that no value match; any other that some value match.
	if c.set == forAllValues || c.set == "" && c.operator.negated {
		return !slices.ContainsFunc(values, fails)
	}
	return slices.ContainsFunc(values, matches)
}

// matches reports whether one value passes: it equals one of the policy's values or, negated, none of them.
func (c *condition) matches(value string, l lookup) bool {
	equal := slices.ContainsFunc(c.tests, func(t test) bool { return t(value, l) })
	return equal != c.operator.negated
}
