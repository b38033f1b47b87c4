package httpapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	routeDefault = "$default"
	methodAny    = "ANY"
)

// pattern is a parsed route key.
type pattern struct {
	key      string
	method   string
	path     string // "/pets/{id}"; "$default" of the default route
	segments []segment
	greedy   bool // the last segment takes the rest of the path
}

type segment struct {
	name     string // of the variable, or the text itself
	variable bool
}

// parseRouteKey reads "METHOD /path/{name}/{proxy+}" and "$default".
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func parseRouteKey(key string) (pattern, error) {
	if key == routeDefault {
		return pattern{key: key, method: methodAny, path: key}, nil
	}
	method, path, found := strings.Cut(key, " ")
	if !found || method == "" || method != strings.ToUpper(method) || !strings.HasPrefix(path, "/") || strings.Contains(path, " ") {
		return pattern{}, fmt.Errorf("%w: %q", ErrRouteKey, key)
	}
	p := pattern{key: key, method: method, path: path}
	texts := segmentsOf(path)
	for i, text := range texts {
		s, greedy, ok := parseSegment(text)
		if !ok || greedy && i != len(texts)-1 {
			return pattern{}, fmt.Errorf("%w: %q", ErrRouteKey, key)
		}
		p.segments, p.greedy = append(p.segments, s), greedy
	}
	return p, nil
}

func parseSegment(text string) (_ segment, greedy, ok bool) {
	if !strings.HasPrefix(text, "{") {
		return segment{name: text}, false, !strings.ContainsAny(text, "{}")
	}
	name, closed := strings.CutSuffix(text[1:], "}")
	name, greedy = strings.CutSuffix(name, "+")
	return segment{name: name, variable: true}, greedy, closed && name != "" && !strings.ContainsAny(name, "{}+")
}

// segmentsOf splits "/a/b" into a and b; "/" has none.
func segmentsOf(path string) []string {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// match returns the path parameters if the route matches the request. segments are decoded.
func (p pattern) match(method string, segments []string) (map[string]string, bool) {
	if p.method != methodAny && p.method != method {
		return nil, false
	}
	if p.key == routeDefault {
		return nil, true
	}
	if p.greedy && len(segments) < len(p.segments) || !p.greedy && len(segments) != len(p.segments) {
		return nil, false
	}
	parameters := map[string]string{}
	for i, s := range p.segments {
		switch {
		case p.greedy && i == len(p.segments)-1:
			parameters[s.name] = strings.Join(segments[i:], "/")
		case s.variable && segments[i] != "":
			parameters[s.name] = segments[i]
		case s.variable || s.name != segments[i]:
			return nil, false
		}
	}
	return parameters, true
}

// moreSpecific orders routes so that the first one that matches is AWS's choice: full matches, then greedy ones, then
// $default; static segments before variables; a method before ANY.
func moreSpecific(a, b pattern) int {
	if c := cmp.Compare(a.rank(), b.rank()); c != 0 {
		return c
	}
	for i := range min(len(a.segments), len(b.segments)) {
		if a.segments[i].variable != b.segments[i].variable {
			return before(b.segments[i].variable)
		}
	}
	if c := cmp.Compare(len(b.segments), len(a.segments)); c != 0 {
		return c
	}
	if (a.method == methodAny) != (b.method == methodAny) {
		return before(b.method == methodAny)
	}
	return strings.Compare(a.key, b.key)
}

func (p pattern) rank() int {
	switch {
	case p.key == routeDefault:
		return 2
	case p.greedy:
		return 1
	}
	return 0
}

func before(first bool) int {
	if first {
		return -1
	}
	return 1
}

func sortRoutes(routes []*route) {
	slices.SortFunc(routes, func(a, b *route) int { return moreSpecific(a.pattern, b.pattern) })
}
