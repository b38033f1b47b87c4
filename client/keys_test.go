package client

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseKeys(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 32)
	tests := []struct {
		name, secret string
		want         Keys
		text         string
	}{
		{"reads all three", `{"signing_key":"` + key + `","previous_signing_key":"` + key + `p","passcode":"pass","more":1}`, Keys{key, key + "p", "pass"}, ""},
		{"needs only the signing key", `{"signing_key":"` + key + `"}`, Keys{SigningKey: key}, ""},
		{"refuses an empty secret", ``, Keys{}, "unusable signing keys: the secret (0 bytes) is not a JSON object of strings"},
		{"refuses a bare key", key, Keys{}, "unusable signing keys: the secret (32 bytes) is not a JSON object of strings"},
		{"refuses a number without showing it", `{"signing_key":31337}`, Keys{}, "unusable signing keys: the secret (21 bytes) is not a JSON object of strings"},
		{"refuses an object without the key", `{}`, Keys{}, "unusable signing keys: signing_key is missing"},
		{"refuses a short key", `{"signing_key":"short"}`, Keys{}, "unusable signing keys: signing_key has 5 bytes, at least 32 are required"},
		{
			"refuses a short previous key", `{"signing_key":"` + key + `","previous_signing_key":"old"}`,
			Keys{},
			"unusable signing keys: previous_signing_key has 3 bytes, at least 32 are required",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseKeys([]byte(tt.secret))
			if tt.text != "" {
				expectError(t, err, ErrKeys, tt.text)
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("gave %+v, %v", got, err)
			}
		})
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, testKeys); strings.Contains(text, testKeys.SigningKey) || strings.Contains(text, testKeys.Passcode) {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(`{"signing_key":"0123456789abcdef0123456789abcdef","passcode":"p"}`))
	f.Add([]byte(`{"signing_key":1}`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, secret []byte) {
		keys, err := ParseKeys(secret)
		if err != nil {
			if !errors.Is(err, ErrKeys) {
				t.Errorf("%v is not ErrKeys", err)
			}
			return
		}
		if len(keys.SigningKey) < 32 {
			t.Errorf("a key of %d bytes passed", len(keys.SigningKey))
		}
	})
}
