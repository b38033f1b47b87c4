package token

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestCheckFactor(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxBcryptBytes)
	hash, err := bcrypt.GenerateFromPassword([]byte(long), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, factor, stored string
		is                   error
	}{
		{"sha256 matches", "secret", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", nil},
		{"sha256 in capitals matches", "secret", "sha256:2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B", nil},
		{"sha256 of another value does not match", "Secret", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", ErrFactor},
		{"the stored text itself does not match", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", ErrFactor},
		{"a cut digest is no factor", "secret", "sha256:2bb80d", ErrFactorFormat},
		{"an empty digest is no factor", "secret", "sha256:", ErrFactorFormat},
		{"a digest that is not hexadecimal is no factor", "secret", "sha256:" + strings.Repeat("z", 64), ErrFactorFormat},
		{"bcrypt matches", long, string(hash), nil},
		{"bcrypt does not match a longer value with the same beginning", long + "y", string(hash), ErrFactor},
		{"bcrypt does not match another value", "secret", string(hash), ErrFactor},
		{"a cut bcrypt hash is no factor", long, string(hash[:20]), ErrFactorFormat},
		{"a bcrypt cost that would take minutes is refused", long, "$2a$20" + string(hash[6:]), ErrFactorFormat},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := checkFactor(c.factor, c.stored); !errors.Is(err, c.is) || (err == nil) != (c.is == nil) {
				t.Errorf("got %v", err)
			}
		})
	}
}

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
