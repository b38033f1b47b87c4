package iam

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// A Policy is a parsed policy document.
type Policy struct {
	// Source is the logical id of the template resource the policy comes from, or the ARN of an AWS managed policy.
	Source string
	// Statements in the order of the document.
	statements []statement
}

// A Kind says where a policy is attached.
type Kind int

const (
	// Identity policies belong to a role: no Principal element, and Resource is required.
	Identity Kind = iota
	// Resource policies belong to a queue, topic, bucket, function or secret, or are a role's trust policy: Principal is
	// required; a statement without Resource applies to whatever the policy is attached to.
	Resource
)

// Parse reads a policy document as it comes out of a JSON decoder, intrinsics already resolved. source, a logical id, names
// the policy in reports and errors. Unknown elements, effects and condition operators are errors: skipping one would decide
// differently from AWS. The grammar:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Parse(source string, kind Kind, document any) (Policy, error) {
	statements, err := parseDocument(kind, document)
	if err != nil {
		return Policy{}, fmt.Errorf("%w: %s: %w", ErrPolicy, source, err)
	}
	for i := range statements {
		statements[i].source = source
	}
	return Policy{Source: source, statements: statements}, nil
}

func parseDocument(kind Kind, document any) ([]statement, error) {
	doc, ok := document.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a policy document is an object, not %T", document)
	}
	if err := onlyKeys(doc, "Version", "Id", "Statement"); err != nil {
		return nil, err
	}
	version := "2008-10-17" // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
	if v, present := doc["Version"]; present {
		version, _ = v.(string)
	}
	if version != "2008-10-17" && version != "2012-10-17" {
		return nil, fmt.Errorf("version %v is neither 2012-10-17 nor 2008-10-17", doc["Version"])
	}
	var statements []statement
	for i, raw := range list(doc["Statement"]) {
		s, err := parseStatement(kind, version == "2012-10-17", raw)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i, err)
		}
		s.index = i
		statements = append(statements, s)
	}
	return statements, nil
}

// list wraps a single value, because IAM accepts one in place of a list.
func list(v any) []any {
	if v == nil {
		return nil
	}
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// texts is list for strings; numbers and booleans are taken as written, as in IAM's conditions.
func texts(v any) ([]string, error) {
	var out []string
	for _, item := range list(v) {
		switch t := item.(type) {
		case string:
			out = append(out, t)
		case float64:
			out = append(out, strconv.FormatFloat(t, 'f', -1, 64))
		case bool, int, json.Number:
			out = append(out, fmt.Sprint(t))
		default:
			return nil, fmt.Errorf("%v (%T) is not a string", item, item)
		}
	}
	return out, nil
}

func onlyKeys(m map[string]any, known ...string) error {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, key) {
			return fmt.Errorf("element %s is not supported", key)
		}
	}
	return nil
}
