package faultinjection

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func call(t *testing.T, h http.Handler, method, path, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestRulesAreKeptOverHTTP(t *testing.T) {
	t.Parallel()
	var s Injector
	h := s.Handler("/_local/faults")
	steps := []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"there are none at first", "GET", "/_local/faults", "", 200, `{"rules":[]}`},
		{
			"one is added", "POST", "/_local/faults", `{"service":"sqs","action":"SendMessage","kind":"error","share":0.5,"seed":7}`, 201,
			`{"id":"1","service":"sqs","action":"SendMessage","kind":"error","share":0.5,"seed":7}`,
		},
		{
			"a bad one is refused", "POST", "/_local/faults", `{"service":"sqs","kind":"x"}`, 400,
			`{"error":"faults: add: invalid rule: kind is \"x\", not one of error, throttle, delay, drop, kill, close, duplicate, reorder, late, cold_start"}`,
		},
		{"an unknown field is refused", "POST", "/_local/faults", `{"services":"sqs"}`, 400, `{"error":"faults: add: unknown field \"services\""}`},
		{
			"it is listed", "GET", "/_local/faults", "", 200,
			`{"rules":[{"id":"1","service":"sqs","action":"SendMessage","kind":"error","share":0.5,"seed":7,"fired":0}]}`,
		},
		{"an unknown id is not found", "DELETE", "/_local/faults/9", "", 404, `{"error":"faults: remove: no such rule: \"9\""}`},
		{"it is removed", "DELETE", "/_local/faults/1", "", 204, ""},
		{"all are removed", "DELETE", "/_local/faults", "", 204, ""},
		{"none is left", "GET", "/_local/faults", "", 200, `{"rules":[]}`},
	}
	for _, tt := range steps {
		status, body := call(t, h, tt.method, tt.path, tt.body)
		if status != tt.status || body != tt.want {
			t.Errorf("%s: %d %s, want %d %s", tt.name, status, body, tt.status, tt.want)
		}
	}
}

func FuzzRule(f *testing.F) {
	f.Add(`{"service":"sqs","kind":"error","share":0.5}`)
	f.Add(`{"service":"*","kind":"delay","delay_ms":1e99}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, body string) {
		var s Injector
		status, _ := call(t, s.Handler("/f"), "POST", "/f", body)
		if status != 201 && status != 400 {
			t.Errorf("status = %d", status)
		}
		if (status == 201) != (len(s.Rules()) == 1) {
			t.Error("the answer and the list disagree")
		}
		s.Inject("sqs", "SendMessage", "f", kinds...)
	})
}
