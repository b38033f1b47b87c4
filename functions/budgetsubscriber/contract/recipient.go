package contract

// A Recipient gets the e-mail of the alerts of some budgets.
type Recipient struct {
	Name   string `json:"name,omitempty"`   // greets; "" greets without a name
	Email  string `json:"email"`            // one address
	Budget string `json:"budget,omitempty"` // pattern of budget names, see Matches; "" is every budget
}

// Matches says whether the recipient is to hear of a budget. In the pattern * stands for any characters, none included,
// and ? for one; the case of letters counts. Anomalies are matched by the name of their monitor.
func (r Recipient) Matches(budget string) bool {
	return r.Budget == "" || glob([]rune(r.Budget), []rune(budget))
}

// glob matches in time linear in both but for one star that is tried again: a star never needs more than its last guess.
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
