package sns

import (
	"net"
	"net/url"
	"regexp"
	"strings"
)

var (
	snsHost     = regexp.MustCompile(`^sns\.([a-z]+(?:-[a-z]+)+-[0-9]+)\.amazonaws\.com$`)
	gatewayHost = regexp.MustCompile(`^([a-z0-9]+)\.execute-api\.[a-z]+(?:-[a-z]+)+-[0-9]+\.amazonaws\.com$`)
)

// gatewayOf returns the API's id if host is that of an API Gateway API.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-publish.html
func gatewayOf(host string) (api string, ok bool) {
	m := gatewayHost.FindStringSubmatch(host)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// gatewayURL is where the local stage serves u, a URL of an API.
func gatewayURL(base, api string, u *url.URL) *url.URL {
	out, err := url.Parse(base)
	if err != nil { // New has parsed it before
		return u
	}
	prefix := strings.TrimSuffix(out.Path, "/") + "/_aws/execute-api/" + api
	out.User = u.User
	out.RawQuery = u.RawQuery
	out.Path, out.RawPath = prefix+u.Path, prefix+u.EscapedPath()
	return out
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
