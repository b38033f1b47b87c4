package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// broken makes values that break a property's rules, by the rule.
func broken(property schema) map[string]any {
	values := map[string]any{}
	number := func(name string) (int, bool) {
		n, ok := property[name].(float64)
		return int(n), ok
	}
	switch typesOf(property)[0] {
	case "string":
		values["type"] = 7
		if n, ok := number("minLength"); ok && n > 0 {
			values["minLength"] = ""
		}
		if n, ok := number("maxLength"); ok {
			values["maxLength"] = strings.Repeat("x", n+1)
		}
		if _, ok := property["enum"]; ok {
			values["enum"] = "none of them"
		}
	case "integer":
		values["type"] = "seven"
		if n, ok := number("minimum"); ok {
			values["minimum"] = n - 1
		}
		if n, ok := number("maximum"); ok {
			values["maximum"] = n + 1
		}
	case "array":
		values["type"], values["minItems"], values["items"] = "email", []any{}, []any{"fax"}
		values["uniqueItems"], values["maxItems"] = []any{"hub", "hub"}, []any{"hub", "email", "hub"}
	}
	return values
}

// TestHandlersEnforceTheDocumentsRules breaks each rule of each property, one at a time.
func TestHandlersEnforceTheDocumentsRules(t *testing.T) {
	t.Parallel()
	a, d := newAPI(t), readDocument(t)
	path, _ := a.scheduled()
	message := map[string]any{"subject": "s", "body": "b", "schedule_on": a.later(time.Hour)}
	for _, c := range []struct {
		schema, route string
		valid         map[string]any
		wrap          func(map[string]any) map[string]any
		prefix        string
	}{
		{"Schedule", contract.RouteCreate, message, nil, ""},
		{"Change", contract.RouteChange, map[string]any{}, nil, ""},
		{"Subscribe", contract.RouteSubscribe, map[string]any{"email": "ada@example.com"}, nil, ""},
		{"Repeat", contract.RouteCreate, map[string]any{"cron": "0 9 * * *"}, func(repeat map[string]any) map[string]any {
			return map[string]any{"subject": "s", "body": "b", "repeat": repeat}
		}, "repeat."},
	} {
		send := func(body map[string]any) (int, map[string]any) {
			if c.wrap != nil {
				body = c.wrap(body)
			}
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			status, _, out := a.do(call{route: c.route, path: path, body: string(text)})
			return status, out
		}
		if status, out := send(c.valid); status != 200 {
			t.Fatalf("%s: the valid request was answered %d %v", c.schema, status, out)
		}
		required, _ := d.Components.Schemas[c.schema]["required"].([]any)
		for _, name := range required {
			body := maps.Clone(c.valid)
			delete(body, name.(string))
			if status, out := send(body); status != 400 || out["field"] != name {
				t.Errorf("%s without %s: got %d %v", c.schema, name, status, out)
			}
		}
		properties, _ := d.Components.Schemas[c.schema]["properties"].(map[string]any)
		for name, property := range properties {
			if len(typesOf(property.(map[string]any))) == 0 {
				continue // repeat and data, which have several types
			}
			for rule, value := range broken(property.(map[string]any)) {
				body := maps.Clone(c.valid)
				if body[name] = value; name == "rrule" {
					delete(body, "cron")
				}
				if status, out := send(body); status != 400 || out["field"] != c.prefix+name || out["rule"] == "" {
					t.Errorf("%s: %s = %.40v breaks %s: got %d %.200v", c.schema, name, fmt.Sprint(value), rule, status, out)
				}
			}
		}
	}
}
