package token_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/internal/token"
)

// keys are a source of keys that never change.
type keys token.Keys

func (k keys) Keys(context.Context) (token.Keys, error)    { return token.Keys(k), nil }
func (k keys) Refresh(context.Context) (token.Keys, error) { return token.Keys(k), nil }

var now = time.Unix(1_700_000_000, 0)

func sign(t *testing.T, key string) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims{"exp": now.Unix() + 60}).SignedString([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestOneTokenHasOneTextAndOneKey(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 64)
	good := sign(t, key)
	verifier := token.Verifier{Keys: keys{Signing: []byte(key)}, Now: func() time.Time { return now }}
	if _, err := verifier.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	// The last of a signature's 86 characters has four bits that no byte takes.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, good[len(good)-1])
	for name, c := range map[string]struct {
		raw string
		is  error
	}{
		"spare bits in the signature":                     {good[:len(good)-1] + alphabet[last|1:last|1+1], token.ErrMalformed},
		"the empty key, where there is no previous one":   {sign(t, ""), token.ErrSignature},
		"a key of zeros, where there is no previous one":  {sign(t, strings.Repeat("\x00", 128)), token.ErrSignature},
		"the key's beginning":                             {sign(t, key[:32]), token.ErrSignature},
		"a signature of the right length that is no HMAC": {good[:strings.LastIndexByte(good, '.')+1] + strings.Repeat("A", 86), token.ErrSignature},
	} {
		if claims, err := verifier.Verify(t.Context(), c.raw); claims != nil || !errors.Is(err, c.is) || !errors.Is(err, token.ErrRefused) {
			t.Errorf("%s: got %v, %v", name, claims, err)
		}
	}
}
