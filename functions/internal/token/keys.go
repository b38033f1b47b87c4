package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Keys are the keys that sign tokens. During a rotation two are active.
type Keys struct {
	Signing  []byte
	Previous []byte // nil outside a rotation
	Link     []byte // signs links in mails, which outlive rotations; nil: none of its own
}

// Fields of the signing secret.
const (
	secretSigningKey         = "signing_key"
	secretPreviousSigningKey = "previous_signing_key"
	secretLinkKey            = "link_key"
)

// Limits.
const (
	// MinKeyBytes is the least length of a key.
	MinKeyBytes = 32
	// MaxBytes bounds a token; API Gateway's URL ends at 4,096 characters.
	MaxBytes = 4096
)

// ErrWeakKey is returned for a key that is absent or shorter than MinKeyBytes. Nobody is admitted until it is replaced.
var ErrWeakKey = errors.New("signing key is too short")

// A KeySource has the active keys.
type KeySource interface {
	// Keys returns the keys, possibly cached.
	Keys(ctx context.Context) (Keys, error)
	// Refresh returns the current keys. The source limits how often it reads them, for anybody can present a token with
	// a bad signature.
	Refresh(ctx context.Context) (Keys, error)
}

// ParseKeys parses the signing secret: {"signing_key","previous_signing_key"?,"link_key"?}. Other fields are ignored.
// Its errors never quote the secret.
func ParseKeys(secret string) (Keys, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(secret), &fields); err != nil {
		return Keys{}, errors.New("token: signing secret is not a JSON object")
	}
	signing, err := parseKey(fields, secretSigningKey)
	if err != nil {
		return Keys{}, err
	}
	if signing == nil {
		return Keys{}, fmt.Errorf("token: signing secret: %w: %s is missing", ErrWeakKey, secretSigningKey)
	}
	previous, err := parseKey(fields, secretPreviousSigningKey)
	if err != nil {
		return Keys{}, err
	}
	link, err := parseKey(fields, secretLinkKey)
	if err != nil {
		return Keys{}, err
	}
	return Keys{Signing: signing, Previous: previous, Link: link}, nil
}

// parseKey returns one key, or nil if it is absent, null or empty.
func parseKey(fields map[string]json.RawMessage, name string) ([]byte, error) {
	raw, ok := fields[name]
	if !ok {
		return nil, nil
	}
	var key string
	if err := json.Unmarshal(raw, &key); err != nil {
		return nil, fmt.Errorf("token: signing secret: %s is not a string", name)
	}
	if key == "" {
		return nil, nil
	}
	if len(key) < MinKeyBytes {
		return nil, fmt.Errorf("token: signing secret: %w: %s has %d bytes, at least %d are needed",
			ErrWeakKey, name, len(key), MinKeyBytes)
	}
	return []byte(key), nil
}
