package alert

import (
	"net/url"
	"strings"
)

// defaultLink is the console's budgets page.
const defaultLink = "https://console.aws.amazon.com/costmanagement/home#/budgets"

// consoles are the hosts of the AWS console in each partition; a region may precede them.
var consoles = []string{"console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"}

// consoleLink returns the message's link if it leads to the AWS console, otherwise the budgets page: a mail that says
// "open the console" must not lead anywhere else.
func consoleLink(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return defaultLink
	}
	for _, host := range consoles {
		if u.Host == host || strings.HasSuffix(u.Host, "."+host) {
			return u.String()
		}
	}
	return defaultLink
}
