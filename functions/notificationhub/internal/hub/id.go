package hub

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// ClientMessageID returns the message id for an id that a connected client chose. It depends on the user too, so that one
// user can neither guess nor overwrite another's ids. It is the same for a resend, so that receivers drop the repeat.
func ClientMessageID(userID, id string) string {
	// The length keeps ("ab", "c") and ("a", "bc") apart.
	sum := sha256.Sum256([]byte(strconv.Itoa(len(userID)) + ":" + userID + id))
	return "c-" + hex.EncodeToString(sum[:16])
}

// NewMessageID returns the id of a message that its sender did not name.
func NewMessageID() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return "h-" + hex.EncodeToString(b[:])
}
