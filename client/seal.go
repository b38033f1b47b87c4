package client

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// sealPrefix starts a sealed factor and names its format: AES-256-GCM, a nonce of 12 bytes before the ciphertext, raw
// base64url, under HKDF-SHA256(signing key, info sealInfo).
const (
	sealPrefix = "v1."
	sealInfo   = "hermes token v1"
)

// seal encrypts the second factor of one user and room under a signing key, for the same issuers to find again.
func seal(random io.Reader, signingKey, userID, roomID, factor string) (string, error) {
	aead, err := sealCipher(signingKey)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	sealed := aead.Seal(nonce, nonce, []byte(factor), sealedFor(userID, roomID))
	return sealPrefix + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// unseal returns the factor back if signingKey sealed it for this very user and room.
func unseal(signingKey, userID, roomID, sealed string) (factor string, ok bool) {
	text, found := strings.CutPrefix(sealed, sealPrefix)
	if !found {
		return "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", false
	}
	aead, err := sealCipher(signingKey)
	if err != nil || len(raw) < aead.NonceSize() {
		return "", false
	}
	nonce, ciphertext := raw[:aead.NonceSize()], raw[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, ciphertext, sealedFor(userID, roomID))
	return string(plain), err == nil
}

func sealCipher(signingKey string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(signingKey), nil, sealInfo, 32)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return cipher.NewGCM(block)
}

// sealedFor binds a sealed factor to its row. The length in front keeps ("ab","c") and ("a","bc") apart.
func sealedFor(userID, roomID string) []byte {
	bound := binary.BigEndian.AppendUint32(nil, uint32(len(userID)))
	bound = append(bound, userID...)
	return append(bound, roomID...)
}
