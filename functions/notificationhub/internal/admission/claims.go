package admission

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Claims are the claims of a token whose signature has been verified.
type Claims struct {
	UserID    string
	RoomID    string
	Factor    string // the claim "token"
	ExpiresAt time.Time
}

// A parser turns a compact JWT into claims, for one time and one set of keys.
type parser struct {
	jwt *jwt.Parser
}

// lastExpiry is the end of the year 9999. Beyond it time.Time and other languages' dates disagree.
const lastExpiry = 253402300799

func newParser(now func() time.Time) parser {
	return parser{jwt: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS512.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
		jwt.WithStrictDecoding(),
	)}
}

func (p parser) parse(raw string, keys token.Keys) (Claims, error) {
	claims := jwt.MapClaims{}
	parsed, err := p.jwt.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return keySet(keys), nil })
	if err != nil {
		return Claims{}, refuse(reason(parsed, err))
	}
	return strictClaims(claims)
}

// keySet returns the keys as the set that the library tries in order.
func keySet(k token.Keys) jwt.VerificationKeySet {
	set := jwt.VerificationKeySet{Keys: []jwt.VerificationKey{k.Signing}}
	if k.Previous != nil {
		set.Keys = append(set.Keys, k.Previous)
	}
	return set
}

// reason translates the library's errors.
func reason(parsed *jwt.Token, err error) error {
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return ErrMalformed
	case errors.Is(err, jwt.ErrTokenSignatureInvalid) && parsed != nil && parsed.Method != jwt.SigningMethodHS512:
		return ErrAlgorithm
	case errors.Is(err, jwt.ErrTokenUnverifiable):
		return ErrAlgorithm
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return ErrSignature
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return ErrNotYetValid
	default:
		return ErrExpiry
	}
}

// strictClaims accepts non-empty strings only. A number or an array that another language's library would turn into text
// is refused: two different tokens must never name the same user or room.
func strictClaims(claims jwt.MapClaims) (Claims, error) {
	var c Claims
	for _, f := range []struct {
		name string
		into *string
	}{
		{contract.ContextUserID, &c.UserID}, {contract.ContextRoomID, &c.RoomID}, {contract.AttributeToken, &c.Factor},
	} {
		value, ok := claims[f.name].(string)
		if !ok || value == "" || len(value) > contract.MaxNameBytes || !isText(value) {
			return Claims{}, refuse(fmt.Errorf("%w: %s must be a string of 1 to %d bytes", ErrClaim, f.name, contract.MaxNameBytes))
		}
		*f.into = value
	}
	exp, err := claims.GetExpirationTime()
	if err != nil || exp == nil || exp.Unix() < 0 || exp.Unix() > lastExpiry {
		return Claims{}, refuse(ErrExpiry)
	}
	c.ExpiresAt = exp.Time
	return c, nil
}

// isText reports whether s has no NUL and no character that JSON decoding replaced, which could turn two names into one.
func isText(s string) bool { return !strings.ContainsAny(s, "\x00"+string(utf8.RuneError)) }

func refuse(why error) error { return fmt.Errorf("admission: %w: %w", ErrRefused, why) }
