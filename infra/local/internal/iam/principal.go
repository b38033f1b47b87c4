package iam

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// principals is the Principal element of a resource policy
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
type principals struct {
	anyone   bool
	accounts []string // account ids
	arns     []string // roles and role sessions
	services []string
}

func parsePrincipals(raw any) (*principals, error) {
	p := &principals{}
	if raw == "*" {
		p.anyone = true
		return p, nil
	}
	m, ok := raw.(map[string]any)
	if !ok || len(m) == 0 {
		return nil, fmt.Errorf(`principal %v is neither "*" nor an object`, raw)
	}
	if err := onlyKeys(m, "AWS", "Service"); err != nil {
		return nil, fmt.Errorf("principal: %w", err)
	}
	var err error
	if p.services, err = texts(m["Service"]); err != nil {
		return nil, fmt.Errorf("principal: %w", err)
	}
	names, err := texts(m["AWS"])
	if err != nil {
		return nil, fmt.Errorf("principal: %w", err)
	}
	for _, name := range names {
		if err := p.add(name); err != nil {
			return nil, err
		}
	}
	if len(names)+len(p.services) == 0 {
		return nil, errors.New("principal is empty")
	}
	return p, nil
}

func (p *principals) add(name string) error {
	switch {
	case name == "*":
		p.anyone = true
	case len(name) == 12 && strings.Trim(name, "0123456789") == "":
		p.accounts = append(p.accounts, name)
	case strings.HasPrefix(name, "arn:") && strings.HasSuffix(name, ":root"):
		p.accounts = append(p.accounts, strings.Split(name, ":")[4])
	case strings.HasPrefix(name, "arn:") && strings.Count(name, ":") >= 5 && !strings.ContainsAny(name, "*?"):
		p.arns = append(p.arns, name)
	default: // wildcards inside a principal's ARN are refused by IAM too
		return fmt.Errorf("principal %q is not an account, an ARN or *", name)
	}
	return nil
}

// names reports whether the element matches the caller, by the caller's own name or as anyone. account means that it matches
// the caller's whole account: that is enough for a Deny, but an Allow for an account only delegates to its identity policies.
func (p *principals) names(c Caller, accountID string) (own, account bool) {
	if c.Service != "" {
		return p.anyone || slices.Contains(p.services, c.Service), false
	}
	own = p.anyone || slices.Contains(p.arns, c.ARN) || slices.Contains(p.arns, roleARN(accountID, c.Role))
	return own, slices.Contains(p.accounts, accountID)
}

func roleARN(accountID, role string) string {
	return "arn:aws:iam::" + accountID + ":role/" + role
}
