package policy

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// condition is one operator on one key. All conditions of a statement must hold; one of the values is enough.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type condition struct {
	key      string // lower case
	values   []string
	test     func(actual, want string) bool
	negate   bool
	ifExists bool
}

// operators maps a condition operator to its comparison and to whether its name negates it.
var operators = map[string]struct {
	test   func(actual, want string) bool
	negate bool
}{
	"StringEquals":              {test: func(a, w string) bool { return a == w }},
	"StringNotEquals":           {test: func(a, w string) bool { return a == w }, negate: true},
	"StringEqualsIgnoreCase":    {test: strings.EqualFold},
	"StringNotEqualsIgnoreCase": {test: strings.EqualFold, negate: true},
	"StringLike":                {test: func(a, w string) bool { return match(w, a) }},
	"StringNotLike":             {test: func(a, w string) bool { return match(w, a) }, negate: true},
	"Bool":                      {test: strings.EqualFold},
	"IpAddress":                 {test: inNetwork},
	"NotIpAddress":              {test: inNetwork, negate: true},
}

func parseConditions(raw map[string]map[string]texts) ([]condition, error) {
	var all []condition
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		base, ifExists := strings.CutSuffix(name, "IfExists")
		operator, known := operators[base]
		if !known {
			return nil, fmt.Errorf("the condition operator %q is not supported", name)
		}
		for key, values := range raw[name] {
			all = append(all, condition{
				key: strings.ToLower(key), values: values,
				test: operator.test, negate: operator.negate, ifExists: ifExists,
			})
		}
	}
	return all, nil
}

func (c condition) holds(context map[string]string) bool {
	actual, present := context[c.key]
	if !present {
		return c.negate || c.ifExists // a negated operator holds for a missing key
	}
	matched := slices.ContainsFunc(c.values, func(want string) bool { return c.test(actual, want) })
	return matched != c.negate
}

func inNetwork(actual, want string) bool {
	ip, err := netip.ParseAddr(actual)
	if err != nil {
		return false
	}
	if network, err := netip.ParsePrefix(want); err == nil {
		return network.Contains(ip)
	}
	single, err := netip.ParseAddr(want)
	return err == nil && single == ip
}
