package secretsmanager

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Generate says how a value is generated: AWS::SecretsManager::Secret GenerateSecretString, under the template's names
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html).
type Generate struct {
	PasswordLength       *int   `json:"PasswordLength,omitempty"` // Default: 32
	ExcludeCharacters    string `json:"ExcludeCharacters,omitempty"`
	ExcludeLowercase     bool   `json:"ExcludeLowercase,omitempty"`
	ExcludeUppercase     bool   `json:"ExcludeUppercase,omitempty"`
	ExcludeNumbers       bool   `json:"ExcludeNumbers,omitempty"`
	ExcludePunctuation   bool   `json:"ExcludePunctuation,omitempty"`
	IncludeSpace         bool   `json:"IncludeSpace,omitempty"`
	RequireEachIncluded  *bool  `json:"RequireEachIncludedType,omitempty"` // Default: true
	SecretStringTemplate string `json:"SecretStringTemplate,omitempty"`    // a JSON object
	GenerateStringKey    string `json:"GenerateStringKey,omitempty"`       // the key of the generated text in it
}

const (
	lowercase = "abcdefghijklmnopqrstuvwxyz"
	uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	// punctuation is the service's list (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html).
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

	defaultLength = 32
	maxLength     = 4096
)

// Value generates a secret's value from random: a password, or the template with a password at its key. Errors wrap
// ErrGenerate.
func (g Generate) Value(random io.Reader) (string, error) {
	password, err := g.Password(random)
	if err != nil {
		return "", err
	}
	if (g.SecretStringTemplate == "") != (g.GenerateStringKey == "") {
		return "", fmt.Errorf("secretsmanager: generate: %w: SecretStringTemplate and GenerateStringKey belong together", ErrGenerate)
	}
	if g.SecretStringTemplate == "" {
		return password, nil
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(g.SecretStringTemplate), &object); err != nil || object == nil {
		return "", fmt.Errorf("secretsmanager: generate: %w: SecretStringTemplate is not a JSON object", ErrGenerate)
	}
	object[g.GenerateStringKey] = password
	return marshal(object)
}

// Password generates a password from random. Errors wrap ErrGenerate.
func (g Generate) Password(random io.Reader) (string, error) {
	length := defaultLength
	if g.PasswordLength != nil {
		length = *g.PasswordLength
	}
	types := g.types()
	if len(types) == 0 {
		return "", fmt.Errorf("secretsmanager: generate: %w: every character is excluded", ErrGenerate)
	}
	if length < 1 || length > maxLength || (g.requireEach() && length < len(types)) {
		return "", fmt.Errorf("secretsmanager: generate: %w: PasswordLength is %d", ErrGenerate, length)
	}
	password := make([]byte, 0, length)
	if g.requireEach() {
		for _, characters := range types {
			c, err := pick(random, characters)
			if err != nil {
				return "", err
			}
			password = append(password, c)
		}
	}
	all := strings.Join(types, "")
	for len(password) < length {
		c, err := pick(random, all)
		if err != nil {
			return "", err
		}
		password = append(password, c)
	}
	if err := shuffle(random, password); err != nil {
		return "", err
	}
	return string(password), nil
}

func (g Generate) requireEach() bool { return g.RequireEachIncluded == nil || *g.RequireEachIncluded }

// types returns the characters of each included type, without the excluded ones.
func (g Generate) types() []string {
	var types []string
	for _, t := range []struct {
		characters string
		included   bool
	}{
		{lowercase, !g.ExcludeLowercase},
		{uppercase, !g.ExcludeUppercase},
		{digits, !g.ExcludeNumbers},
		{punctuation, !g.ExcludePunctuation},
		{" ", g.IncludeSpace},
	} {
		left := strings.Map(func(r rune) rune {
			if strings.ContainsRune(g.ExcludeCharacters, r) {
				return -1
			}
			return r
		}, t.characters)
		if t.included && left != "" {
			types = append(types, left)
		}
	}
	return types
}

func pick(random io.Reader, characters string) (byte, error) {
	i, err := below(random, len(characters))
	if err != nil {
		return 0, err
	}
	return characters[i], nil
}

// shuffle moves the required characters away from the start.
func shuffle(random io.Reader, password []byte) error {
	for i := len(password) - 1; i > 0; i-- {
		j, err := below(random, i+1)
		if err != nil {
			return err
		}
		password[i], password[j] = password[j], password[i]
	}
	return nil
}

func below(random io.Reader, n int) (int, error) {
	i, err := rand.Int(random, big.NewInt(int64(n)))
	if err != nil {
		return 0, fmt.Errorf("secretsmanager: generate: %w: %w", ErrGenerate, err)
	}
	return int(i.Int64()), nil
}

// marshal writes JSON without escaping <, > and &, so that a value is as it was generated.
func marshal(object map[string]any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(object); err != nil {
		return "", fmt.Errorf("secretsmanager: generate: %w: %w", ErrGenerate, err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
