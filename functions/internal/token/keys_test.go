package token

import (
	"strings"
	"testing"
)

func TestParseKeys(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 32)
	for _, c := range []struct {
		name, secret string
		previous     bool
		want         string
	}{
		{"one key", `{"signing_key":"` + long + `","passcode":"p"}`, false, ""},
		{"two keys", `{"signing_key":"` + long + `","previous_signing_key":"` + long + `"}`, true, ""},
		{"an empty previous key is none", `{"signing_key":"` + long + `","previous_signing_key":""}`, false, ""},
		{"a null previous key is none", `{"signing_key":"` + long + `","previous_signing_key":null}`, false, ""},
		{"text is no secret", `hunter2`, false, "token: signing secret is not a JSON object"},
		{"no key", `{}`, false, "token: signing secret: signing key is too short: signing_key is missing"},
		{"an empty key", `{"signing_key":""}`, false, "token: signing secret: signing key is too short: signing_key is missing"},
		{"a short key", `{"signing_key":"hunter2"}`, false, "token: signing secret: signing key is too short: signing_key has 7 bytes, at least 32 are needed"},
		{"a numeric key", `{"signing_key":7}`, false, "token: signing secret: signing_key is not a string"},
		{"a short previous key", `{"signing_key":"` + long + `","previous_signing_key":"x"}`, false, "token: signing secret: signing key is too short: previous_signing_key has 1 bytes, at least 32 are needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			keys, err := ParseKeys(c.secret)
			if c.want != "" {
				if err == nil || err.Error() != c.want {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || string(keys.Signing) != long || (keys.Previous != nil) != c.previous {
				t.Errorf("got %v", err)
			}
		})
	}
}
