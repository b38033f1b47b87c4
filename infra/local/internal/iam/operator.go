package iam

import (
	"cmp"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"time"
)

// An operator is one condition operator without its IfExists suffix and set prefix.
type operator struct {
	negated bool
	compile func(value string, variables bool) (test, error)
}

// operators lists what is supported; BinaryEquals alone is missing of what AWS has
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
var operators = map[string]operator{
	"StringEquals":              {compile: stringEquals},
	"StringNotEquals":           {compile: stringEquals, negated: true},
	"StringEqualsIgnoreCase":    {compile: stringEqualsIgnoreCase},
	"StringNotEqualsIgnoreCase": {compile: stringEqualsIgnoreCase, negated: true},
	"StringLike":                {compile: stringLike},
	"StringNotLike":             {compile: stringLike, negated: true},
	"ArnEquals":                 {compile: arnLike}, // the two behave identically
	"ArnLike":                   {compile: arnLike},
	"ArnNotEquals":              {compile: arnLike, negated: true},
	"ArnNotLike":                {compile: arnLike, negated: true},
	"Bool":                      {compile: boolean},
	"NumericEquals":             {compile: numeric(func(c int) bool { return c == 0 })},
	"NumericNotEquals":          {compile: numeric(func(c int) bool { return c == 0 }), negated: true},
	"NumericLessThan":           {compile: numeric(func(c int) bool { return c < 0 })},
	"NumericLessThanEquals":     {compile: numeric(func(c int) bool { return c <= 0 })},
	"NumericGreaterThan":        {compile: numeric(func(c int) bool { return c > 0 })},
	"NumericGreaterThanEquals":  {compile: numeric(func(c int) bool { return c >= 0 })},
	"DateEquals":                {compile: date(func(c int) bool { return c == 0 })},
	"DateNotEquals":             {compile: date(func(c int) bool { return c == 0 }), negated: true},
	"DateLessThan":              {compile: date(func(c int) bool { return c < 0 })},
	"DateLessThanEquals":        {compile: date(func(c int) bool { return c <= 0 })},
	"DateGreaterThan":           {compile: date(func(c int) bool { return c > 0 })},
	"DateGreaterThanEquals":     {compile: date(func(c int) bool { return c >= 0 })},
	"IpAddress":                 {compile: ipAddress},
	"NotIpAddress":              {compile: ipAddress, negated: true},
}

func stringEquals(text string, variables bool) (test, error) {
	p, err := newPattern(text, dialect{variables: variables})
	return p.matches, err
}

func stringEqualsIgnoreCase(text string, variables bool) (test, error) {
	p, err := newPattern(text, dialect{variables: variables})
	return func(value string, l lookup) bool {
		want, ok := p.resolve(l)
		return ok && strings.EqualFold(want, value)
	}, err
}

func stringLike(text string, variables bool) (test, error) {
	p, err := newPattern(text, dialect{wildcards: true, variables: variables})
	return p.matches, err
}

// arnLike compares the six parts of an ARN one by one, so that a * does not cross a colon before the resource.
func arnLike(text string, variables bool) (test, error) {
	pieces := strings.SplitN(text, ":", 6)
	if len(pieces) < 6 && text != "*" {
		return nil, fmt.Errorf("%q is not an ARN", text)
	}
	var patterns []pattern
	for _, piece := range pieces {
		p, err := newPattern(piece, dialect{wildcards: true, variables: variables})
		if err != nil {
			return nil, err
		}
		patterns = append(patterns, p)
	}
	return func(value string, l lookup) bool {
		if len(patterns) == 1 { // the text is *
			return true
		}
		parts := strings.SplitN(value, ":", 6)
		if len(parts) != len(patterns) {
			return false
		}
		for i := range patterns {
			if !patterns[i].matches(parts[i], l) {
				return false
			}
		}
		return true
	}, nil
}

func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", text)
}

func boolean(text string, _ bool) (test, error) {
	want, err := parseBool(text)
	return func(value string, _ lookup) bool {
		got, err := parseBool(value)
		return err == nil && got == want
	}, err
}

func numeric(holds func(comparison int) bool) func(string, bool) (test, error) {
	return func(text string, _ bool) (test, error) {
		want, ok := parseNumber(text)
		if !ok {
			return nil, fmt.Errorf("%q is not a number", text)
		}
		return func(value string, _ lookup) bool {
			got, ok := parseNumber(value)
			return ok && holds(got.Cmp(want))
		}, nil
	}
}

// parseNumber is exact for integers of every size. It refuses long exponents, whose expansion would fill memory.
func parseNumber(text string) (*big.Rat, bool) {
	if text == "" || len(text) > 64 || strings.ContainsAny(text, "eEpPxXoObB_/") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func date(holds func(comparison int) bool) func(string, bool) (test, error) {
	return func(text string, _ bool) (test, error) {
		want, ok := parseDate(text)
		if !ok {
			return nil, fmt.Errorf("%q is not a date", text)
		}
		return func(value string, _ lookup) bool {
			got, ok := parseDate(value)
			return ok && holds(cmp.Compare(got, want))
		}, nil
	}
}

// parseDate reads the W3C forms of ISO 8601, or seconds since the epoch, into milliseconds since the epoch.
func parseDate(text string) (int64, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMilli(), true
		}
	}
	n, ok := parseNumber(text)
	if !ok || !n.IsInt() || !n.Num().IsInt64() {
		return 0, false
	}
	return n.Num().Int64() * 1000, true
}

func ipAddress(text string, _ bool) (test, error) {
	network, err := parseNetwork(text)
	return func(value string, _ lookup) bool {
		address, err := netip.ParseAddr(value)
		return err == nil && network.Contains(address.Unmap())
	}, err
}

func parseNetwork(text string) (netip.Prefix, error) {
	if network, err := netip.ParsePrefix(text); err == nil {
		return network, nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an IP address nor a range", text)
	}
	return netip.PrefixFrom(address, address.BitLen()), nil
}
