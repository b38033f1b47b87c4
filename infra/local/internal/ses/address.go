package ses

import (
	"net/mail"
	"strings"
)

// bare returns the address in a text such as "Name" <a@b>, its domain in lower case.
func bare(text string) (string, bool) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return "", false
	}
	local, domain, ok := strings.Cut(a.Address, "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(a.Address, " \r\n\t") {
		return "", false
	}
	return local + "@" + strings.ToLower(domain), true
}

// simulator are the addresses of SES's mailbox simulator with their outcomes
// (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator). What follows a plus
// sign is a label.
var simulator = map[string]string{
	"bounce": "bounce", "complaint": "complaint", "ooto": "ooto", "suppressionlist": "suppressed",
}

const simulatorDomain = "@simulator.amazonses.com"

func simulated(address string) string {
	local, ok := strings.CutSuffix(address, simulatorDomain)
	if !ok {
		return ""
	}
	local, _, _ = strings.Cut(local, "+")
	return simulator[local]
}
