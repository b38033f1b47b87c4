package admission

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/hermes-cdk/hermes/functions/internal/token"
)

const (
	sha256Prefix = "sha256:"
	bcryptPrefix = "$2"

	// maxBcryptBytes is how much of a value bcrypt compares; it ignores the rest.
	maxBcryptBytes = 72
	// maxBcryptCost bounds the time of one comparison: each step doubles it, and the authorizer has 29 seconds.
	maxBcryptCost = 14
)

// checkFactor compares the token's factor with what is stored: "sha256:<hex>" or bcrypt ("$2a$", "$2b$", "$2y$"), both in
// constant time.
func checkFactor(factor, stored string) error {
	switch {
	case strings.HasPrefix(stored, sha256Prefix):
		return checkSHA256(factor, strings.TrimPrefix(stored, sha256Prefix))
	case strings.HasPrefix(stored, bcryptPrefix):
		return checkBcrypt(factor, []byte(stored))
	default:
		return token.Refuse(ErrFactorFormat)
	}
}

func checkSHA256(factor, storedHex string) error {
	stored, err := hex.DecodeString(storedHex)
	if err != nil || len(stored) != sha256.Size {
		return token.Refuse(ErrFactorFormat)
	}
	sum := sha256.Sum256([]byte(factor))
	if subtle.ConstantTimeCompare(sum[:], stored) != 1 {
		return token.Refuse(ErrFactor)
	}
	return nil
}

func checkBcrypt(factor string, stored []byte) error {
	cost, err := bcrypt.Cost(stored)
	if err != nil || cost > maxBcryptCost {
		return token.Refuse(ErrFactorFormat)
	}
	if len(factor) > maxBcryptBytes || bcrypt.CompareHashAndPassword(stored, []byte(factor)) != nil {
		return token.Refuse(ErrFactor)
	}
	return nil
}
