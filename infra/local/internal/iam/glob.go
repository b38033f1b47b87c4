package iam

import (
	"strings"
	"unicode/utf8"
)

// matchWildcard reports whether s matches pattern, in which * stands for any run of characters, colons and slashes
// included, and ? for exactly one. AWS matches ARN segments one by one but lets a segment's last * cross colons, which
// comes to the same for every ARN that names a real service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
func matchWildcard(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0 // where the last * stands, and how much of s it has taken
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			_, size := utf8.DecodeRuneInString(s[i:])
			p, i = p+1, i+size
		case p < len(pattern) && pattern[p] == s[i]:
			p, i = p+1, i+1
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// A pattern is a string with wildcards, ready to be matched often.
type pattern struct {
	text    string // as written in the policy
	match   string // what is compared; lower case if case does not matter
	literal bool   // no wildcard: compare for equality
}

func newPattern(text string) pattern {
	return pattern{text: text, match: text, literal: !strings.ContainsAny(text, "*?")}
}

// newActionPattern ignores case, as IAM does for actions
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
func newActionPattern(text string) pattern {
	p := newPattern(text)
	p.match = strings.ToLower(text)
	return p
}

func (p pattern) matches(s string) bool {
	if p.literal {
		return p.match == s
	}
	return matchWildcard(p.match, s)
}
