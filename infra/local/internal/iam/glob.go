package iam

import "unicode/utf8"

// Wildcards of a compiled pattern. Control characters, so that a pattern can contain a literal * or ? too (written ${*} and
// ${?}, or from a policy variable).
const (
	anyRun = '\x00' // any number of characters, colons and slashes included
	anyOne = '\x01' // exactly one character
)

// matchWildcard reports whether s matches a compiled pattern. AWS matches ARN segments one by one but lets a segment's last *
// cross colons, which is the same for every ARN of a real service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
func matchWildcard(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0 // where the last anyRun stands, and how much of s it has taken
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == anyRun:
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == anyOne:
			p, i = p+1, i+runeLen(s[i:])
		case p < len(pattern) && pattern[p] == s[i]:
			p, i = p+1, i+1
		case star >= 0:
			mark += runeLen(s[mark:])
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyRun {
		p++
	}
	return p == len(pattern)
}

func runeLen(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}
