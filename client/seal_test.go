package client

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
)

func TestSeal(t *testing.T) {
	t.Parallel()
	key := testKeys.SigningKey
	sealed, err := seal(rand.Reader, key, "ab", "c", "factor")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, key, user, room, sealed string
		ok                            bool
	}{
		{"opens for its own row", key, "ab", "c", sealed, true},
		{"stays shut for another key", key + "x", "ab", "c", sealed, false},
		{"stays shut for another user", key, "abc", "c", sealed, false},
		{"stays shut for names that join to the same text", key, "a", "bc", sealed, false},
		{"stays shut when changed", key, "ab", "c", sealed[:len(sealed)-4] + "AAAA", false},
		{"stays shut when cut", key, "ab", "c", sealed[:12], false},
		{"stays shut in another format", key, "ab", "c", "v2." + sealed[3:], false},
		{"stays shut when not base64", key, "ab", "c", "v1.***", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := unseal(tt.key, tt.user, tt.room, tt.sealed)
			if ok != tt.ok || ok && got != "factor" {
				t.Errorf("gave %q, %t", got, ok)
			}
		})
	}
}

func TestSealNeedsRandomness(t *testing.T) {
	t.Parallel()
	if _, err := seal(bytes.NewReader(nil), testKeys.SigningKey, "a", "b", "factor"); err == nil || err.Error() != "seal: EOF" {
		t.Errorf("gave %v", err)
	}
	if _, err := newFactor(bytes.NewReader(make([]byte, 31))); err == nil || err.Error() != "random second factor: unexpected EOF" {
		t.Errorf("gave %v", err)
	}
	s := newSetup(newMemoryRows())
	s.issuer.random = bytes.NewReader(make([]byte, 32)) // enough for the factor, not for the nonce
	_, err := s.issuer.Issue(t.Context(), IssueRequest{UserID: "a", RoomID: "b", TTL: 1e9})
	if err == nil || errors.Is(err, ErrContention) {
		t.Errorf("gave %v", err)
	}
}

func FuzzUnseal(f *testing.F) {
	f.Add("v1.")
	f.Add("v1.AAAAAAAAAAAAAAAA")
	f.Add("v1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, sealed string) {
		if factor, ok := unseal(testKeys.SigningKey, "ada", "orders", sealed); ok {
			t.Errorf("%q opens to %q", sealed, factor)
		}
	})
}
