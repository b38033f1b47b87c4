package contract

// A Recipient receives the alerts of some budgets by e-mail.
type Recipient struct {
	Name   string `json:"name,omitempty"`   // for the greeting; may be empty
	Email  string `json:"email"`            // one address
	Budget string `json:"budget,omitempty"` // pattern of budget names, see Matches; "" is every budget
}

// Matches reports whether the recipient receives the alerts of a budget. In the pattern, * matches any characters or
// none, and ? matches one; case matters. Anomalies are matched by the name of their monitor.
func (r Recipient) Matches(budget string) bool {
	return r.Budget == "" || glob([]rune(r.Budget), []rune(budget))
}

// glob takes time linear in both texts for each star: a star never needs more than its last match.
func glob(pattern, text []rune) bool {
	p, t := 0, 0
	star, retry := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
