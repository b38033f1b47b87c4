package policy

import (
	"encoding/json"
	"fmt"
)

// A Document is a parsed policy. It is immutable and safe for concurrent use.
type Document struct {
	statements []statement
}

type statement struct {
	deny         bool
	actions      []string
	notActions   []string
	resources    []string
	notResources []string
	conditions   []condition
}

type rawStatement struct {
	Effect      string
	Action      texts
	NotAction   texts
	Resource    texts
	NotResource texts
	Condition   map[string]map[string]texts
}

// texts is one string or a list of them.
type texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// Parse reads the JSON of a policyDocument: {"Version","Statement":[{"Effect","Action","Resource","Condition"}]}.
// Statement may be one object. Errors are ErrMalformed.
func Parse(document []byte) (*Document, error) {
	var outer struct{ Statement json.RawMessage }
	if err := json.Unmarshal(document, &outer); err != nil {
		return nil, fmt.Errorf("policy: parse: %w: %w", ErrMalformed, err)
	}
	raw, err := parseStatements(outer.Statement)
	if err != nil {
		return nil, err
	}
	d := &Document{}
	for i, r := range raw {
		s, err := r.check()
		if err != nil {
			return nil, fmt.Errorf("policy: statement %d: %w: %w", i, ErrMalformed, err)
		}
		d.statements = append(d.statements, s)
	}
	return d, nil
}

func parseStatements(b json.RawMessage) ([]rawStatement, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("policy: parse: %w: Statement is missing", ErrMalformed)
	}
	var many []rawStatement
	if b[0] != '[' {
		many = make([]rawStatement, 1)
		if err := json.Unmarshal(b, &many[0]); err != nil {
			return nil, fmt.Errorf("policy: parse: %w: %w", ErrMalformed, err)
		}
		return many, nil
	}
	if err := json.Unmarshal(b, &many); err != nil {
		return nil, fmt.Errorf("policy: parse: %w: %w", ErrMalformed, err)
	}
	return many, nil
}

func (r rawStatement) check() (statement, error) {
	s := statement{
		deny:    r.Effect == "Deny",
		actions: r.Action, notActions: r.NotAction,
		resources: r.Resource, notResources: r.NotResource,
	}
	switch {
	case r.Effect != "Allow" && r.Effect != "Deny":
		return s, fmt.Errorf("the Effect is %q, not Allow or Deny", r.Effect)
	case (len(r.Action) == 0) == (len(r.NotAction) == 0):
		return s, fmt.Errorf("it needs either Action or NotAction")
	case (len(r.Resource) == 0) == (len(r.NotResource) == 0):
		return s, fmt.Errorf("it needs either Resource or NotResource")
	}
	var err error
	s.conditions, err = parseConditions(r.Condition)
	return s, err
}
