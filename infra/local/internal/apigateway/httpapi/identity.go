package httpapi

import (
	"fmt"
	"strings"
)

// identitySource finds one value that a request must have for its authorizer.
type identitySource func(q *request) string

// parseIdentitySource reads $request.header.Name, $request.querystring.name, $stageVariables.name and $context.name.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
func parseIdentitySource(source string) (identitySource, error) {
	for prefix, of := range map[string]func(name string) identitySource{
		"$request.header.": func(name string) identitySource {
			name = strings.ToLower(name)
			return func(q *request) string {
				if name == "cookie" { // separate in format 2.0
					return strings.Join(q.cookies, "; ")
				}
				return q.headers[name]
			}
		},
		"$request.querystring.": func(name string) identitySource {
			return func(q *request) string { return strings.Join(q.query[name], ",") }
		},
		"$stageVariables.": func(name string) identitySource {
			return func(q *request) string { return q.stage.Variables[name] }
		},
		"$context.": contextSource,
	} {
		name, matches := strings.CutPrefix(source, prefix)
		if !matches || name == "" {
			continue
		}
		if value := of(name); value != nil {
			return value, nil
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrIdentitySource, source)
}

// contextSource returns the source of a context variable that differs between requests; nil for others.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
func contextSource(name string) identitySource {
	switch name {
	case "routeKey":
		return func(q *request) string { return q.route.key }
	case "httpMethod":
		return func(q *request) string { return q.Method }
	case "path":
		return func(q *request) string { return q.path }
	case "stage":
		return func(q *request) string { return q.stage.Name }
	case "identity.sourceIp":
		return func(q *request) string { return q.sourceIP }
	case "identity.userAgent":
		return func(q *request) string { return q.UserAgent() }
	}
	return nil
}
