package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// control calls /_local/path. body is sent as JSON unless nil; the answer is read into answer unless nil.
func (s *stage) control(method, path string, body, answer any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, s.url+"/_local/"+path, content)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s /_local/%s: %s %s", method, path, response.Status, raw)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(raw, answer)
}

// get reads a control.
func get[T any](t *testing.T, s *stage, path string) T {
	t.Helper()
	var answer T
	if err := s.control(http.MethodGet, path, nil, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// A fault is a rule of /_local/faults.
type fault struct {
	ID       string  `json:"id,omitempty"`
	Service  string  `json:"service"`
	Action   string  `json:"action,omitempty"`
	Function string  `json:"function,omitempty"`
	Kind     string  `json:"kind"`
	Share    float64 `json:"share,omitempty"`
	Count    int64   `json:"count,omitempty"`
	DelayMS  int64   `json:"delay_ms,omitempty"`
	WindowMS int64   `json:"window_ms,omitempty"`
	Seed     uint64  `json:"seed"`
	Fired    int64   `json:"fired,omitempty"`
}

// inject adds rules.
func (s *stage) inject(t *testing.T, rules ...fault) {
	t.Helper()
	for _, rule := range rules {
		if err := s.control(http.MethodPost, "faults", rule, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// heal removes all rules and returns how often each has struck.
func (s *stage) heal(t *testing.T) []int64 {
	t.Helper()
	var fired []int64
	for _, rule := range get[struct{ Rules []fault }](t, s, "faults").Rules {
		fired = append(fired, rule.Fired)
	}
	if err := s.control(http.MethodDelete, "faults", nil, nil); err != nil {
		t.Fatal(err)
	}
	return fired
}

// A denial is a call that was refused.
type denial struct {
	Function, Role, Caller, Action, Resource, Reason string
}

func (s *stage) denied() ([]denial, error) {
	var answer struct{ Denied []denial }
	err := s.control(http.MethodGet, "denied", nil, &answer)
	return answer.Denied, err
}
