package env_test

import (
	"errors"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/env"
)

func from(values map[string]string) *env.Vars {
	return env.From(func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
}

func TestVars(t *testing.T) {
	t.Parallel()
	t.Run("reads what is set", func(t *testing.T) {
		t.Parallel()
		v := from(map[string]string{"A": "x", "S": "7800", "Z": "0", "U": "https://api.example.com/prod"})
		if got := v.Required("A"); got != "x" {
			t.Errorf("Required: %q", got)
		}
		if got := v.Optional("B"); got != "" {
			t.Errorf("Optional: %q", got)
		}
		if got := v.Seconds("S"); got != 2*time.Hour+10*time.Minute {
			t.Errorf("Seconds: %v", got)
		}
		if got := v.Seconds("Z"); got != 0 {
			t.Errorf("Seconds: %v", got)
		}
		if got := v.URL("U"); got.Host != "api.example.com" || got.Path != "/prod" {
			t.Errorf("URL: %v", got)
		}
		if err := v.Err(); err != nil {
			t.Errorf("Err: %v", err)
		}
	})
	for _, c := range []struct {
		name  string
		value map[string]string
		read  func(*env.Vars)
		is    error
		want  string
	}{
		{"a missing variable is named", nil, func(v *env.Vars) { v.Required("A") }, env.ErrMissing, "env: A is not set"},
		{"an empty variable is missing", map[string]string{"A": ""}, func(v *env.Vars) { v.Required("A") }, env.ErrMissing, "env: A is not set"},
		{"missing seconds are named once", nil, func(v *env.Vars) { v.Seconds("S") }, env.ErrMissing, "env: S is not set"},
		{"seconds must be a number", map[string]string{"S": "2h"}, func(v *env.Vars) { v.Seconds("S") }, env.ErrInvalid, `env: S is not valid: "2h" is not a number of seconds`},
		{"seconds must not be negative", map[string]string{"S": "-1"}, func(v *env.Vars) { v.Seconds("S") }, env.ErrInvalid, `env: S is not valid: "-1" is not a number of seconds`},
		{"a missing URL is named once", nil, func(v *env.Vars) { v.URL("U") }, env.ErrMissing, "env: U is not set"},
		{"a URL must be http or https", map[string]string{"U": "wss://x/y"}, func(v *env.Vars) { v.URL("U") }, env.ErrInvalid, `env: U is not valid: "wss://x/y" is not an http or https URL`},
		{"all faults are reported together", nil, func(v *env.Vars) { v.Required("A"); v.Required("B") }, env.ErrMissing, "env: A is not set\nenv: B is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := from(c.value)
			c.read(v)
			if err := v.Err(); !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}
