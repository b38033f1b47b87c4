package client

import (
	"encoding/json"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Keys are the contents of the hub's signing secret. In Secrets Manager they are one JSON object:
//
//	{"signing_key":"..","previous_signing_key":"..","passcode":".."}
//
// They print as "[redacted]", so that a log line does not give them away.
type Keys struct {
	SigningKey         string `json:"signing_key"`          // signs tokens; at least contract.MinSigningKeyBytes bytes
	PreviousSigningKey string `json:"previous_signing_key"` // during a rotation: still accepted, no longer used to sign
	Passcode           string `json:"passcode"`             // for the classic second factor only
}

// ParseKeys reads the JSON of the signing secret. It returns ErrKeys when that is not an object of strings or when a
// signing key is missing or short. Errors never quote the secret, and therefore do not wrap those of encoding/json.
func ParseKeys(secret []byte) (Keys, error) {
	var k Keys
	if err := json.Unmarshal(secret, &k); err != nil {
		return Keys{}, fmt.Errorf("%w: the secret (%d bytes) is not a JSON object of strings", ErrKeys, len(secret))
	}
	return k, k.validate()
}

// String hides the keys.
func (Keys) String() string { return "[redacted]" }

// GoString hides the keys from %#v.
func (Keys) GoString() string { return "client.Keys{[redacted]}" }

func (k Keys) validate() error {
	if k.SigningKey == "" {
		return fmt.Errorf("%w: %s is missing", ErrKeys, contract.SecretSigningKey)
	}
	if n := len(k.SigningKey); n < contract.MinSigningKeyBytes {
		return shortKey(contract.SecretSigningKey, n)
	}
	if n := len(k.PreviousSigningKey); n > 0 && n < contract.MinSigningKeyBytes {
		return shortKey(contract.SecretPreviousSigningKey, n)
	}
	return nil
}

func shortKey(name string, n int) error {
	return fmt.Errorf("%w: %s has %d bytes, at least %d are required", ErrKeys, name, n, contract.MinSigningKeyBytes)
}

// signing lists the keys that open what an issuer sealed, the current one first.
func (k Keys) signing() []string {
	if k.PreviousSigningKey == "" {
		return []string{k.SigningKey}
	}
	return []string{k.SigningKey, k.PreviousSigningKey}
}
