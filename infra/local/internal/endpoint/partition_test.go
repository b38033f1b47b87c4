package endpoint

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
)

// onPartition is a call to one partition of a table.
func onPartition(name, key string) *operation.Operation {
	return &operation.Operation{Service: "dynamodb", Name: name, Grants: []operation.Grant{{
		Resource: "arn:aws:dynamodb:us-east-1:000000000000:table/t", Context: map[string][]string{"dynamodb:LeadingKeys": {key}},
	}}}
}

func TestPartitionsThrottle(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name, operation string
		units           float64 // of each call
		want            int     // calls in the first second
		next            int     // calls in the second second
	}{
		{"3,000 read units a second are 10 reads of 325, of which the last overdraws", "Query", 325, 10, 9},
		{"1,000 write units a second", "PutItem", 10, 100, 100},
		{"a call above two seconds' units is paid off first", "Query", 7500, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var p partitions
			p.set(true)
			calls := func(now time.Time) int {
				n := 0
				for p.admit(onPartition(tt.operation, "room"), now) {
					p.charge(onPartition(tt.operation, "room"), tt.units, now)
					n++
				}
				return n
			}
			if got := calls(start); got != tt.want {
				t.Errorf("%d calls, want %d", got, tt.want)
			}
			if !p.admit(onPartition(tt.operation, "other"), start) {
				t.Error("another partition is throttled")
			}
			if got := calls(start.Add(time.Second)); got != tt.next {
				t.Errorf("%d calls a second later, want %d", got, tt.next)
			}
		})
	}
	t.Run("not unless they are switched on", func(t *testing.T) {
		t.Parallel()
		var p partitions
		p.charge(onPartition("Query", "room"), 10_000, start)
		if !p.admit(onPartition("Query", "room"), start) {
			t.Error("a partition is throttled")
		}
	})
}

func TestPartitionsAreSwitched(t *testing.T) {
	t.Parallel()
	f := New(Options{})
	h := f.PartitionsHandler()
	for _, step := range []struct {
		method, body string
		status       int
		want         string
	}{
		{http.MethodGet, "", 200, `{"enabled":false,"throttled":{}}`},
		{http.MethodPost, `{"enabled":true}`, 200, `{"enabled":true,"throttled":{}}`},
		{http.MethodPost, `{"on":true}`, 400, `{"error":"partitions: the body must be {\"enabled\": true or false}"}`},
		{http.MethodDelete, "", 405, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(step.method, "/_local/partitions", strings.NewReader(step.body)))
		if w.Code != step.status || strings.TrimSpace(w.Body.String()) != step.want {
			t.Errorf("%s %s: %d %s, want %d %s", step.method, step.body, w.Code, w.Body, step.status, step.want)
		}
	}
}
