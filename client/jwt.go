package client

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// claims are those of a hub's token, and no more: a token travels in a URL or a header.
type claims struct {
	UserID    string           `json:"user_id"`
	RoomID    string           `json:"room_id"`
	Token     string           `json:"token"` // the second factor
	ExpiresAt *jwt.NumericDate `json:"exp"`   // whole seconds
}

// The methods of jwt.Claims; only exp is used.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.ExpiresAt, nil }
func (c claims) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (c claims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c claims) GetIssuer() (string, error)                   { return "", nil }
func (c claims) GetSubject() (string, error)                  { return "", nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// sign makes the JWT (HS512) of a user, a room and a second factor.
func sign(signingKey, userID, roomID, factor string, expiresAt time.Time) (string, error) {
	c := claims{UserID: userID, RoomID: roomID, Token: factor, ExpiresAt: jwt.NewNumericDate(expiresAt)}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS512, c).SignedString([]byte(signingKey))
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	if len(signed) > contract.MaxTokenBytes {
		return "", fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTokenTooLong, len(signed), contract.MaxTokenBytes)
	}
	return signed, nil
}
