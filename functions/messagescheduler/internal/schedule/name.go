package schedule

import (
	"crypto/sha256"
	"fmt"
	"regexp"

	"github.com/oklog/ulid/v2"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

var groupPattern = regexp.MustCompile(fmt.Sprintf(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,%d}$`, contract.MaxGroupCharacters-1))

// reserved has the first segments of the API's own paths.
var reserved = map[string]bool{"openapi.json": true, "unsubscribe": true, "confirm": true}

// CheckGroup validates a group's name, which is part of paths, of object keys and of a room's name.
func CheckGroup(group string) error {
	if !groupPattern.MatchString(group) || reserved[group] {
		return Invalid("group", group, fmt.Sprintf("1 to %d letters, digits and . _ : @ -, beginning with a letter or digit", contract.MaxGroupCharacters))
	}
	return nil
}

var keyPattern = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{26}$`)

// IsKey reports whether a text has the form of a message's key: 26 characters of Crockford's base 32.
func IsKey(key string) bool { return keyPattern.MatchString(key) }

// keyOf derives the key from the idempotency key, so that the same request finds the same message.
func keyOf(group, idempotencyKey string) string {
	sum := sha256.Sum256([]byte(group + "\x00" + idempotencyKey))
	var id ulid.ULID
	copy(id[:], sum[:])
	return id.String()
}
