package admission_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

var (
	currentKey  = []byte(strings.Repeat("c", 64))
	previousKey = []byte(strings.Repeat("p", 64))
	strangeKey  = []byte(strings.Repeat("s", 64))
)

// keySource has keys, and others after a refresh.
type keySource struct {
	keys, rotated token.Keys
	err           error
	refreshes     int
}

func (k *keySource) Keys(context.Context) (token.Keys, error) { return k.keys, k.err }

func (k *keySource) Refresh(context.Context) (token.Keys, error) {
	k.refreshes++
	return k.rotated, k.err
}

// A bundle is a verifier with a row for ann in room "orders", whose factor is "secret".
type bundle struct {
	verifier *admission.Verifier
	keys     *keySource
	tokens   *hubtest.Tokens
	clock    *clock.Fake
}

func setup() bundle {
	keys := token.Keys{Signing: currentKey, Previous: previousKey}
	b := bundle{keys: &keySource{keys: keys, rotated: keys}, tokens: &hubtest.Tokens{}, clock: clock.NewFake()}
	b.tokens.Put("ann", "orders", admission.Row{Factor: sha256Of("secret")})
	b.verifier = admission.NewVerifier(b.keys, b.tokens, b.clock.Now)
	return b
}

func sha256Of(factor string) string {
	sum := sha256.Sum256([]byte(factor))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// valid is the claims of a good token.
func (b bundle) valid() jwt.MapClaims {
	return jwt.MapClaims{"user_id": "ann", "room_id": "orders", "token": "secret", "exp": b.clock.Now().Add(time.Hour).Unix()}
}

// with is valid with one claim changed, or removed if value is nil.
func (b bundle) with(name string, value any) jwt.MapClaims {
	claims := b.valid()
	claims[name] = value
	if value == nil {
		delete(claims, name)
	}
	return claims
}

func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.Claims) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func hs512(t *testing.T, claims jwt.Claims) string {
	t.Helper()
	return sign(t, jwt.SigningMethodHS512, currentKey, claims)
}

func TestVerifyAccepts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		token func(t *testing.T, b bundle) string
	}{
		{"a token signed with the current key", func(t *testing.T, b bundle) string { return hs512(t, b.valid()) }},
		{"a token signed with the previous key", func(t *testing.T, b bundle) string {
			return sign(t, jwt.SigningMethodHS512, previousKey, b.valid())
		}},
		{"a fractional exp, as other languages write it", func(t *testing.T, b bundle) string {
			return hs512(t, b.with("exp", float64(b.clock.Now().Unix())+3600.5))
		}},
		{"a factor stored with bcrypt", func(t *testing.T, b bundle) string {
			hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
			if err != nil {
				t.Fatal(err)
			}
			b.tokens.Put("ann", "orders", admission.Row{Factor: string(hash)})
			return hs512(t, b.valid())
		}},
		{"a bcrypt row as Ruby and PHP write it", func(t *testing.T, b bundle) string {
			hash, err := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
			if err != nil {
				t.Fatal(err)
			}
			b.tokens.Put("ann", "orders", admission.Row{Factor: "$2y" + string(hash[3:])})
			return hs512(t, b.valid())
		}},
		{"a row that expires later", func(t *testing.T, b bundle) string {
			b.tokens.Put("ann", "orders", admission.Row{Factor: sha256Of("secret"), ExpiresAt: b.clock.Now().Add(time.Second)})
			return hs512(t, b.valid())
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			claims, err := b.verifier.Verify(context.Background(), c.token(t, b))
			if err != nil || claims.UserID != "ann" || claims.RoomID != "orders" || claims.ExpiresAt.Unix() != b.clock.Now().Add(time.Hour).Unix() {
				t.Errorf("got %+v, %v", claims, err)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		token func(t *testing.T, b bundle) string
		is    error
		want  string
	}{
		{"no token", func(*testing.T, bundle) string { return "" }, token.ErrMissing, "token refused: no token"},
		{
			"an oversized token", func(t *testing.T, b bundle) string { return hs512(t, b.with("pad", strings.Repeat("x", 4096))) },
			token.ErrTooLarge, "token refused: token is too large: 5691 bytes, at most 4096 are allowed",
		},
		{"text that is no token", func(*testing.T, bundle) string { return "hello" }, token.ErrMalformed, "token refused: token is malformed"},
		{"a two-part token", func(t *testing.T, b bundle) string {
			signed := hs512(t, b.valid())
			return signed[:strings.LastIndex(signed, ".")]
		}, token.ErrMalformed, "token refused: token is malformed"},
		{"an unsigned token", func(t *testing.T, b bundle) string {
			signed := hs512(t, b.valid())
			return signed[:strings.LastIndex(signed, ".")+1]
		}, token.ErrSignature, "token refused: signature is not valid under any active key"},
		{"a token whose payload was changed", func(t *testing.T, b bundle) string {
			mine, other := strings.Split(hs512(t, b.valid()), "."), strings.Split(hs512(t, b.with("user_id", "bob")), ".")
			return mine[0] + "." + other[1] + "." + mine[2]
		}, token.ErrSignature, "token refused: signature is not valid under any active key"},
		{"algorithm none", func(t *testing.T, b bundle) string {
			return sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, b.valid())
		}, token.ErrAlgorithm, "token refused: algorithm is not HS512"},
		{"algorithm None in another case", func(t *testing.T, b bundle) string {
			payload := strings.Split(hs512(t, b.valid()), ".")[1]
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"NoNe"}`)) + "." + payload + "."
		}, token.ErrAlgorithm, "token refused: algorithm is not HS512"},
		{"HS256 with the right key", func(t *testing.T, b bundle) string {
			return sign(t, jwt.SigningMethodHS256, currentKey, b.valid())
		}, token.ErrAlgorithm, "token refused: algorithm is not HS512"},
		{"RS256", func(t *testing.T, b bundle) string {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}
			return sign(t, jwt.SigningMethodRS256, key, b.valid())
		}, token.ErrAlgorithm, "token refused: algorithm is not HS512"},
		{"a header without algorithm", func(t *testing.T, b bundle) string {
			parts := strings.Split(hs512(t, b.valid()), ".")
			return base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "." + parts[1] + "." + parts[2]
		}, token.ErrAlgorithm, "token refused: algorithm is not HS512"},
		{"a strange key", func(t *testing.T, b bundle) string {
			return sign(t, jwt.SigningMethodHS512, strangeKey, b.valid())
		}, token.ErrSignature, "token refused: signature is not valid under any active key"},
		{
			"an expired token", func(t *testing.T, b bundle) string { return hs512(t, b.with("exp", b.clock.Now().Unix())) },
			token.ErrExpired, "token refused: token has expired",
		},
		{
			"a token without exp", func(t *testing.T, b bundle) string { return hs512(t, b.with("exp", nil)) },
			token.ErrExpiry, "token refused: exp is missing or not a time",
		},
		{
			"an exp in text", func(t *testing.T, b bundle) string { return hs512(t, b.with("exp", "1900000000")) },
			token.ErrExpiry, "token refused: exp is missing or not a time",
		},
		{
			"an exp that no calendar knows", func(t *testing.T, b bundle) string { return hs512(t, b.with("exp", 1e13)) },
			token.ErrExpiry, "token refused: exp is missing or not a time",
		},
		{"a token that is not valid yet", func(t *testing.T, b bundle) string {
			return hs512(t, b.with("nbf", b.clock.Now().Add(time.Minute).Unix()))
		}, token.ErrNotYetValid, "token refused: token is not valid yet"},
		{
			"a numeric user", func(t *testing.T, b bundle) string { return hs512(t, b.with("user_id", 7)) },
			token.ErrClaim, "token refused: claim is missing or invalid: user_id must be a string of 1 to 256 bytes",
		},
		{
			"an array of users", func(t *testing.T, b bundle) string { return hs512(t, b.with("user_id", []string{"ann"})) },
			token.ErrClaim, "token refused: claim is missing or invalid: user_id must be a string of 1 to 256 bytes",
		},
		{
			"an empty user", func(t *testing.T, b bundle) string { return hs512(t, b.with("user_id", "")) },
			token.ErrClaim, "token refused: claim is missing or invalid: user_id must be a string of 1 to 256 bytes",
		},
		{"a user under another spelling", func(t *testing.T, b bundle) string {
			claims := b.with("user_id", nil)
			claims["USER_ID"] = "ann"
			return hs512(t, claims)
		}, token.ErrClaim, "token refused: claim is missing or invalid: user_id must be a string of 1 to 256 bytes"},
		{
			"a numeric room", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", 7)) },
			token.ErrClaim, "token refused: claim is missing or invalid: room_id must be a string of 1 to 256 bytes",
		},
		{
			"an array of rooms", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", []string{"orders", "admin"})) },
			token.ErrClaim, "token refused: claim is missing or invalid: room_id must be a string of 1 to 256 bytes",
		},
		{
			"no room", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", nil)) },
			token.ErrClaim, "token refused: claim is missing or invalid: room_id must be a string of 1 to 256 bytes",
		},
		{
			"a room whose name is too long", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", strings.Repeat("x", 257))) },
			token.ErrClaim, "token refused: claim is missing or invalid: room_id must be a string of 1 to 256 bytes",
		},
		{
			"a room with a NUL", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", "orders\x00")) },
			token.ErrClaim, "token refused: claim is missing or invalid: room_id must be a string of 1 to 256 bytes",
		},
		{
			"a room with a character that JSON replaced", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", "orders\ufffd")) },
			token.ErrClaim, "token refused: claim is missing or invalid: room_id must be a string of 1 to 256 bytes",
		},
		{
			"a numeric factor", func(t *testing.T, b bundle) string { return hs512(t, b.with("token", 7)) },
			token.ErrClaim, "token refused: claim is missing or invalid: token must be a string of 1 to 256 bytes",
		},
		{
			"an array of factors", func(t *testing.T, b bundle) string { return hs512(t, b.with("token", []string{"secret"})) },
			token.ErrClaim, "token refused: claim is missing or invalid: token must be a string of 1 to 256 bytes",
		},
		{
			"another user in the room", func(t *testing.T, b bundle) string { return hs512(t, b.with("user_id", "bob")) },
			admission.ErrUnknown, "token refused: no stored factor for this user and room",
		},
		{
			"a room for which the user has no row", func(t *testing.T, b bundle) string { return hs512(t, b.with("room_id", "admin")) },
			admission.ErrUnknown, "token refused: no stored factor for this user and room",
		},
		{"the factor of another room's row", func(t *testing.T, b bundle) string {
			b.tokens.Put("ann", "admin", admission.Row{Factor: sha256Of("admin secret")})
			return hs512(t, b.with("room_id", "admin"))
		}, admission.ErrFactor, "token refused: second factor does not match"},
		{"a revoked token", func(t *testing.T, b bundle) string {
			b.tokens.Delete("ann", "orders")
			return hs512(t, b.valid())
		}, admission.ErrUnknown, "token refused: no stored factor for this user and room"},
		{"a token that a newer one replaced", func(t *testing.T, b bundle) string {
			b.tokens.Put("ann", "orders", admission.Row{Factor: sha256Of("newer")})
			return hs512(t, b.valid())
		}, admission.ErrFactor, "token refused: second factor does not match"},
		{"an expired row that is still there", func(t *testing.T, b bundle) string {
			b.tokens.Put("ann", "orders", admission.Row{Factor: sha256Of("secret"), ExpiresAt: b.clock.Now()})
			return hs512(t, b.valid())
		}, admission.ErrFactorEnded, "token refused: stored factor has expired"},
		{"a row in clear text", func(t *testing.T, b bundle) string {
			b.tokens.Put("ann", "orders", admission.Row{Factor: "secret"})
			return hs512(t, b.valid())
		}, admission.ErrFactorFormat, "token refused: stored factor has an unknown format"},
		{"an empty row", func(t *testing.T, b bundle) string {
			b.tokens.Put("ann", "orders", admission.Row{})
			return hs512(t, b.valid())
		}, admission.ErrFactorFormat, "token refused: stored factor has an unknown format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			claims, err := b.verifier.Verify(context.Background(), c.token(t, b))
			if !errors.Is(err, token.ErrRefused) || !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
			if claims != (admission.Claims{}) {
				t.Errorf("a refused token says %+v", claims)
			}
		})
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	t.Run("a key that came a moment ago is looked for", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.keys.rotated = token.Keys{Signing: strangeKey, Previous: currentKey}
		raw := sign(t, jwt.SigningMethodHS512, strangeKey, b.valid())
		if _, err := b.verifier.Verify(context.Background(), raw); err != nil || b.keys.refreshes != 1 {
			t.Errorf("got %v after %d refreshes", err, b.keys.refreshes)
		}
	})
	t.Run("only a bad signature makes it look", func(t *testing.T) {
		t.Parallel()
		b := setup()
		for _, raw := range []string{"hello", hs512(t, b.with("exp", 1)), sign(t, jwt.SigningMethodHS256, strangeKey, b.valid()), hs512(t, b.valid())} {
			_, _ = b.verifier.Verify(context.Background(), raw)
		}
		if b.keys.refreshes != 0 {
			t.Errorf("%d refreshes", b.keys.refreshes)
		}
	})
	t.Run("without a previous key only the current one counts", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.keys.keys.Previous, b.keys.rotated.Previous = nil, nil
		raw := sign(t, jwt.SigningMethodHS512, previousKey, b.valid())
		if _, err := b.verifier.Verify(context.Background(), raw); !errors.Is(err, token.ErrSignature) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFailuresOfOursAreNoRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fail func(b bundle)
		want string
	}{
		{"the secret cannot be read", func(b bundle) { b.keys.err = hubtest.ErrDown }, "token: signing keys: service is down"},
		{"the table cannot be read", func(b bundle) { b.tokens.Fail = hubtest.ErrDown }, "admission: stored factor: service is down"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			c.fail(b)
			_, err := b.verifier.Verify(context.Background(), hs512(t, b.valid()))
			if err == nil || errors.Is(err, token.ErrRefused) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestContractStatesTheLimits(t *testing.T) {
	t.Parallel()
	if contract.MaxTokenBytes != token.MaxBytes || contract.MinSigningKeyBytes != token.MinKeyBytes {
		t.Errorf("the contract states %d and %d, want %d and %d",
			contract.MaxTokenBytes, contract.MinSigningKeyBytes, token.MaxBytes, token.MinKeyBytes)
	}
}

func FuzzVerify(f *testing.F) {
	b := setup()
	good, err := jwt.NewWithClaims(jwt.SigningMethodHS512, b.valid()).SignedString(currentKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("..")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("eyJhbGciOiJIUzUxMiJ9.bnVsbA.")
	f.Fuzz(func(t *testing.T, raw string) {
		claims, err := b.verifier.Verify(context.Background(), raw)
		if err != nil && (!errors.Is(err, token.ErrRefused) || claims != (admission.Claims{})) {
			t.Errorf("%q: got %+v, %v", raw, claims, err)
		}
		if err == nil && raw != good {
			t.Errorf("%q was accepted", raw)
		}
	})
}
