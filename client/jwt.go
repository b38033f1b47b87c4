package client

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// claims are those of a hub's token. Of the registered ones only exp is set: a token travels in a URL or a header, and
// is better short.
type claims struct {
	UserID string `json:"user_id"`
	RoomID string `json:"room_id"`
	Token  string `json:"token"` // the second factor
	jwt.RegisteredClaims
}

// sign makes the JWT (HS512) of a user, a room and a second factor.
func sign(signingKey, userID, roomID, factor string, expiresAt time.Time) (string, error) {
	c := claims{UserID: userID, RoomID: roomID, Token: factor}
	c.ExpiresAt = jwt.NewNumericDate(expiresAt) // whole seconds
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS512, c).SignedString([]byte(signingKey))
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	if len(signed) > contract.MaxTokenBytes {
		return "", fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTokenTooLong, len(signed), contract.MaxTokenBytes)
	}
	return signed, nil
}
