package websocket

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// identitySource finds one value that a handshake must have for its authorizer.
type identitySource func(h handshake) string

// parseIdentitySource reads route.request.header.Name, route.request.querystring.name, stageVariables.name and
// context.name; $request.header.Name and the like are taken too.
func parseIdentitySource(source string) (identitySource, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(source, "route."), "method."), "$")
	kind, name := path, ""
	if i := strings.LastIndexByte(path, '.'); i >= 0 && strings.HasPrefix(path, "request.") {
		kind, name = path[:i], path[i+1:]
	} else if before, after, found := strings.Cut(path, "."); found {
		kind, name = before, after
	}
	switch {
	case name == "":
	case kind == "request.header":
		return func(h handshake) string { return h.header.Get(name) }, nil
	case kind == "request.querystring":
		return func(h handshake) string { return h.query.Get(name) }, nil
	case kind == "stageVariables":
		return func(h handshake) string { return h.stageVariables[name] }, nil
	case kind == "context":
		return parseContextSource(source, name)
	}
	return nil, fmt.Errorf("%w: %q", ErrIdentitySource, source)
}

func parseContextSource(source, name string) (identitySource, error) {
	switch name {
	case "identity.sourceIp":
		return func(h handshake) string { return h.sourceIP }, nil
	case "identity.userAgent":
		return func(h handshake) string { return h.header.Get("User-Agent") }, nil
	case "connectionId":
		return func(h handshake) string { return h.connectionID }, nil
	case "routeKey":
		return func(handshake) string { return RouteConnect }, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrIdentitySource, source)
}

// complete reports whether h has every identity source.
func complete(sources []identitySource, h handshake) bool {
	for _, value := range sources {
		if value(h) == "" {
			return false
		}
	}
	return true
}

// headersOf lists a handshake's headers with AWS's spelling, and those that its edge adds.
func headersOf(r *http.Request, domain, sourceIP, trace string) http.Header {
	headers := make(http.Header, len(r.Header)+5)
	for name, values := range r.Header {
		// net/http writes Sec-Websocket-Key; clients and AWS write Sec-WebSocket-Key.
		headers[strings.Replace(name, "Sec-Websocket-", "Sec-WebSocket-", 1)] = values
	}
	headers["Host"] = []string{domain}
	headers["X-Amzn-Trace-Id"] = []string{trace}
	headers["X-Forwarded-For"] = []string{sourceIP}
	headers["X-Forwarded-Port"] = []string{"443"}
	headers["X-Forwarded-Proto"] = []string{"https"}
	return headers
}

// last keeps the last value of each name, for the single-valued maps of an event.
func last(values map[string][]string) map[string]string {
	single := make(map[string]string, len(values))
	for name, all := range values {
		if len(all) > 0 {
			single[name] = all[len(all)-1]
		}
	}
	return single
}

// queryOf keeps the valid pairs of a query string.
func queryOf(raw string) url.Values {
	values, _ := url.ParseQuery(raw) //nolint:errcheck // the pairs before and after a bad one are returned
	return values
}
