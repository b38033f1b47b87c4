package token

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Keys are the keys that sign tokens. During a rotation two are active.
type Keys struct {
	Signing  []byte
	Previous []byte // nil outside a rotation
	Link     []byte // signs links in mails, which outlive rotations; nil: none of its own
}

// secretLinkKey is read by the MessageScheduler's functions only.
const secretLinkKey = "link_key"

// ParseKeys reads the signing secret: {"signing_key","previous_signing_key"?,"link_key"?}. Other fields are not the authorizer's.
// Its errors never quote the secret.
func ParseKeys(secret string) (Keys, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(secret), &fields); err != nil {
		return Keys{}, errors.New("token: signing secret is not a JSON object")
	}
	signing, err := parseKey(fields, contract.SecretSigningKey)
	if err != nil {
		return Keys{}, err
	}
	if signing == nil {
		return Keys{}, fmt.Errorf("token: signing secret: %w: %s is missing", ErrWeakKey, contract.SecretSigningKey)
	}
	previous, err := parseKey(fields, contract.SecretPreviousSigningKey)
	if err != nil {
		return Keys{}, err
	}
	link, err := parseKey(fields, secretLinkKey)
	if err != nil {
		return Keys{}, err
	}
	return Keys{Signing: signing, Previous: previous, Link: link}, nil
}

// parseKey reads one key, nil when it is absent, null or empty.
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
	if len(key) < contract.MinSigningKeyBytes {
		return nil, fmt.Errorf("token: signing secret: %w: %s has %d bytes, at least %d are needed",
			ErrWeakKey, name, len(key), contract.MinSigningKeyBytes)
	}
	return []byte(key), nil
}
