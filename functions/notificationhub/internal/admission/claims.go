package admission

import (
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

// lastExpiry is the end of the year 9999. Beyond it time.Time and other languages' dates disagree.
const lastExpiry = 253402300799

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
			return Claims{}, token.Refuse(fmt.Errorf("%w: %s must be a string of 1 to %d bytes", token.ErrClaim, f.name, contract.MaxNameBytes))
		}
		*f.into = value
	}
	exp, err := claims.GetExpirationTime()
	if err != nil || exp == nil || exp.Unix() < 0 || exp.Unix() > lastExpiry {
		return Claims{}, token.Refuse(token.ErrExpiry)
	}
	c.ExpiresAt = exp.Time
	return c, nil
}

// isText reports whether s has no NUL and no character that JSON decoding replaced, which could turn two names into one.
func isText(s string) bool { return !strings.ContainsAny(s, "\x00"+string(utf8.RuneError)) }
