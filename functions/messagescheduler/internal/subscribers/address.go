package subscribers

import (
	"net/mail"
	"regexp"
	"strings"
)

var (
	localPattern  = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_` + "`" + `{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_` + "`" + `{|}~-]+)*$`)
	domainPattern = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{2,59})$`)
)

// ValidAddress reports whether SES can send to an address: dot-atom, at most 64 and 254 characters (RFC 5321, section
// 4.5.3.1), a domain with a dot. Quoted local parts, address literals and, because SES requires them encoded,
// characters beyond ASCII are refused.
// https://docs.aws.amazon.com/ses/latest/dg/send-email-concepts-email-format.html
func ValidAddress(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || len(local) > 64 || len(address) > 254 || !localPattern.MatchString(local) || !domainPattern.MatchString(domain) {
		return false
	}
	parsed, err := mail.ParseAddress(address)
	return err == nil && parsed.Address == address
}
