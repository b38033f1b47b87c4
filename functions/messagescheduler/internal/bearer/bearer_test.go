package bearer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/bearer"
)

// keys has some keys, and others after a refresh.
type keys struct {
	now, fresh token.Keys
	err        error
}

func (k keys) Keys(context.Context) (token.Keys, error)    { return k.now, k.err }
func (k keys) Refresh(context.Context) (token.Keys, error) { return k.fresh, k.err }

func key(letter string) []byte { return []byte(strings.Repeat(letter, 64)) }

var start = time.Unix(1_700_000_000, 0)

func sign(t testing.TB, method jwt.SigningMethod, with any, claims jwt.MapClaims) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(method, claims).SignedString(with)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func verifier() *bearer.Verifier {
	k := token.Keys{Signing: key("k"), Previous: key("p")}
	return &bearer.Verifier{Keys: keys{now: k, fresh: token.Keys{Signing: key("n"), Previous: key("k")}}, Now: func() time.Time { return start }}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	later := start.Add(time.Minute).Unix()
	groups := func(names ...any) jwt.MapClaims { return jwt.MapClaims{"exp": later, "groups": names} }
	hs512 := func(with []byte, claims jwt.MapClaims) string {
		return "Bearer " + sign(t, jwt.SigningMethodHS512, with, claims)
	}
	for _, c := range []struct {
		name, header string
		is           error
	}{
		{"a token for the group is good", hs512(key("k"), groups("other", "g")), nil},
		{"a token for all groups is good", hs512(key("k"), groups("*")), nil},
		{"the previous key is good", hs512(key("p"), groups("g")), nil},
		{"a key that has just been rotated in is good", hs512(key("n"), groups("g")), nil},
		{"the scheme's case does not matter", strings.Replace(hs512(key("k"), groups("g")), "Bearer", "bearer", 1), nil},
		{"no header is refused", "", token.ErrMissing},
		{"another scheme is refused", "Basic dTpw", token.ErrMissing},
		{"a bare token is refused", sign(t, jwt.SigningMethodHS512, key("k"), groups("g")), token.ErrMissing},
		{"no JWT is refused", "Bearer x.y.z", token.ErrMalformed},
		{"a large token is refused", "Bearer " + strings.Repeat("x", 4097), token.ErrTooLarge},
		{"another key is refused", hs512(key("x"), groups("g")), token.ErrSignature},
		{"another algorithm is refused", "Bearer " + sign(t, jwt.SigningMethodHS256, key("k"), groups("g")), token.ErrAlgorithm},
		{"no algorithm is refused", "Bearer " + sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, groups("g")), token.ErrAlgorithm},
		{"an expired token is refused", hs512(key("k"), jwt.MapClaims{"exp": start.Unix() - 1, "groups": []any{"g"}}), token.ErrExpired},
		{"a token that never expires is refused", hs512(key("k"), jwt.MapClaims{"groups": []any{"g"}}), token.ErrExpiry},
		{"a token for others is refused", hs512(key("k"), groups("h", "gg")), bearer.ErrGroup},
		{"a token without groups is refused", hs512(key("k"), jwt.MapClaims{"exp": later}), bearer.ErrGroups},
		{"a token with one group as text is refused", hs512(key("k"), jwt.MapClaims{"exp": later, "groups": "g"}), bearer.ErrGroups},
		{"a token with a number among its groups is refused", hs512(key("k"), groups("g", 7)), bearer.ErrGroups},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := verifier().Verify(t.Context(), c.header, "g")
			if c.is == nil && err != nil || c.is != nil && (!errors.Is(err, c.is) || !errors.Is(err, token.ErrRefused)) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a path without a group is refused", func(t *testing.T) {
		t.Parallel()
		if err := verifier().Verify(t.Context(), hs512(key("k"), groups("*")), ""); !errors.Is(err, bearer.ErrGroup) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("keys that cannot be read are our fault", func(t *testing.T) {
		t.Parallel()
		down := errors.New("down")
		v := &bearer.Verifier{Keys: keys{err: down}, Now: time.Now}
		if err := v.Verify(t.Context(), hs512(key("k"), groups("g")), "g"); !errors.Is(err, down) || errors.Is(err, token.ErrRefused) {
			t.Errorf("got %v", err)
		}
	})
}

func TestContractStatesTheLimit(t *testing.T) {
	t.Parallel()
	if contract.MaxTokenBytes != token.MaxBytes {
		t.Errorf("contract.MaxTokenBytes is %d, want %d", contract.MaxTokenBytes, token.MaxBytes)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("Bearer a.b.c", "g")
	f.Add("Bearer "+sign(f, jwt.SigningMethodHS512, key("x"), jwt.MapClaims{"exp": 1, "groups": []any{"*"}}), "g")
	f.Fuzz(func(t *testing.T, header, group string) {
		if err := verifier().Verify(t.Context(), header, group); !errors.Is(err, token.ErrRefused) {
			t.Errorf("%q for %q: %v", header, group, err)
		}
	})
}
