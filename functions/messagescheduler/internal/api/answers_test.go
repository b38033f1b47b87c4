package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// deliverTo lets a message be sent and looks at its results.
func (a *bundle) deliverTo(map[string]string) {
	a.do(call{route: contract.RouteSubscribe, path: inGroup, body: `{"email":"bob@example.com"}`})
	path, _ := a.scheduled()
	a.sim.Until(a.sim.Clock.Now().Add(2 * time.Hour))
	_, _, body := a.do(call{route: contract.RouteResults, path: path})
	if results, _ := body["results"].([]any); len(results) != 1 {
		a.t.Errorf("got %v", body)
	}
	a.do(call{route: contract.RouteGet, path: path})
}

// follow follows a link, and one that is forged.
func (a *bundle) follow(form, post string, link func(context.Context, string, string) (string, error)) {
	text, err := link(context.Background(), "g", strings.Repeat("0", 32))
	if err != nil {
		a.t.Fatal(err)
	}
	parsed, err := url.Parse(text)
	if err != nil {
		a.t.Fatal(err)
	}
	query := map[string]string{}
	for name, values := range parsed.Query() {
		query[name] = values[0]
	}
	for _, route := range []string{form, post} {
		a.do(call{route: route, query: query})
		a.do(call{route: route, query: map[string]string{"group": "other", "subscriber": query["subscriber"], "signature": query["signature"]}})
	}
}

// fail breaks what is below the handlers and calls them all.
func (a *bundle) fail(path map[string]string) {
	a.sim.Hook(func(string) error { return errors.New("down") })
	for _, route := range append(contract.RoutesSchedule(), contract.RoutesSubscribers()...) {
		body := fmt.Sprintf(`{"subject":"s","body":"b","schedule_on":%d,"email":"eve@example.com"}`, a.later(time.Hour))
		where := map[string]string{"group": path["group"], "key": path["key"], "subscriber": strings.Repeat("0", 32)}
		if status, _, got := a.do(call{route: route, path: where, body: body}); status != 500 || got["message"] != "internal error" {
			a.t.Errorf("%s: got %d %v", route, status, got)
		}
	}
	a.followBroken()
	if strings.Contains(a.log.String(), "eve@example.com") {
		a.t.Errorf("an address is in the log: %s", a.log)
	}
}

// followBroken follows links while the keys cannot be read.
func (a *bundle) followBroken() {
	a.keys.fail = errors.New("down")
	for _, route := range contract.RoutesLinks() {
		a.do(call{route: route, query: map[string]string{"group": "g"}})
	}
}

// check compares a value with a schema, as far as the document uses JSON Schema, and lists what is wrong.
func (d document) check(s schema, value any, at string) (faults []string) {
	if name, ok := s["$ref"].(string); ok {
		return d.check(d.Components.Schemas[strings.TrimPrefix(name, "#/components/schemas/")], value, at)
	}
	if wanted := typesOf(s); len(wanted) > 0 && !slices.Contains(wanted, typeOf(value)) {
		return []string{fmt.Sprintf("%s is %s, not %v", at, typeOf(value), wanted)}
	}
	if list, ok := s["enum"].([]any); ok && !slices.Contains(list, value) {
		faults = append(faults, fmt.Sprintf("%s is %v, not among %v", at, value, list))
	}
	switch value := value.(type) {
	case []any:
		items, _ := s["items"].(map[string]any)
		for i, one := range value {
			faults = append(faults, d.check(items, one, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := value[name.(string)]; !ok {
				faults = append(faults, fmt.Sprintf("%s.%s is missing", at, name))
			}
		}
		for name, one := range value {
			property, ok := properties[name].(map[string]any)
			if !ok && len(properties) > 0 {
				faults = append(faults, fmt.Sprintf("%s.%s is not declared", at, name))
				continue
			}
			faults = append(faults, d.check(property, one, at+"."+name)...)
		}
	}
	return faults
}

func typesOf(s schema) []string {
	switch t := s["type"].(type) {
	case string:
		return []string{t}
	case []any:
		var all []string
		for _, one := range t {
			all = append(all, one.(string))
		}
		return all
	}
	return nil
}

func typeOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if value == float64(int64(value)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}
