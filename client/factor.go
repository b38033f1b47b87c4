package client

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// How the Tokens table stores a second factor.
const (
	storedSHA256 = "sha256:" // followed by the hexadecimal SHA-256 of the claim's text
	storedBcrypt = "$2"      // bcrypt of the claim's text, of any minor version
)

// factorBytes returns a random factor 256 bits: guessing it is out of the question, so a fast hash of it is enough.
const factorBytes = 32

// newFactor makes the claim "token" of the default recipe: 64 hexadecimal digits.
func newFactor(random io.Reader) (string, error) {
	raw := make([]byte, factorBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("random second factor: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

// classicFactor makes the claim "token" of the classic recipe: hex(sha256(user_id + passcode + room_id)).
func classicFactor(userID, passcode, roomID string) string {
	sum := sha256.Sum256([]byte(userID + passcode + roomID))
	return hex.EncodeToString(sum[:])
}

// hashFactor is the stored form of a random factor.
func hashFactor(factor string) string {
	sum := sha256.Sum256([]byte(factor))
	return storedSHA256 + hex.EncodeToString(sum[:])
}

// matches reports whether stored, in either form, is the stored form of factor.
func matches(stored, factor string) bool {
	if strings.HasPrefix(stored, storedBcrypt) {
		return bcrypt.CompareHashAndPassword([]byte(stored), []byte(factor)) == nil
	}
	return subtle.ConstantTimeCompare([]byte(stored), []byte(hashFactor(factor))) == 1
}
