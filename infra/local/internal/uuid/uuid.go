// Package uuid makes identifiers in the form that AWS gives to requests, messages and events.
package uuid

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
)

// New returns a random UUID (version 4, RFC 9562).
func New() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	return format(b)
}

// Of returns a UUID that is the same for the same parts.
func Of(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return format([16]byte(sum[:16]))
}

func format(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
