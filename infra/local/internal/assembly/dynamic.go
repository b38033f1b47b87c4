package assembly

import (
	"errors"
	"fmt"
	"strings"
)

// A SecretReference is a dynamic reference to a secret
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html).
type SecretReference struct {
	// ID is the secret's name or ARN.
	ID string
	// Key picks a member of the secret's JSON; "" takes the whole text.
	Key string
	// Stage is the version's label, "" for AWSCURRENT.
	Stage string
	// Version is the version's id, "" for the one Stage labels.
	Version string
}

// resolveDynamic replaces each {{resolve:...}} in text. The secret's value is not searched again.
func (r *Resolver) resolveDynamic(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{resolve:")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		reference, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return "", errors.New("a dynamic reference is not closed by }}")
		}
		value, err := r.dynamic(reference)
		if err != nil {
			return "", fmt.Errorf("{{resolve:%s}}: %w", reference, err)
		}
		b.WriteString(value)
		text = after
	}
}

func (r *Resolver) dynamic(reference string) (string, error) {
	service, rest, _ := strings.Cut(reference, ":")
	if service != "secretsmanager" || r.options.Secret == nil {
		return "", fmt.Errorf("dynamic references to %q are %w", service, ErrUnsupported)
	}
	parsed, err := ParseSecretReference(rest)
	if err != nil {
		return "", err
	}
	return r.options.Secret(parsed)
}

// ParseSecretReference reads what follows {{resolve:secretsmanager: - secret-id:SecretString:json-key:stage:version, of
// which all but the id may be left out. The id may be an ARN, with colons of its own.
func ParseSecretReference(text string) (SecretReference, error) {
	var ref SecretReference
	parts := strings.Split(text, ":")
	idParts := 1
	if parts[0] == "arn" {
		idParts = 7
	}
	if len(parts) < idParts || parts[0] == "" {
		return ref, fmt.Errorf("%q does not name a secret", text)
	}
	ref.ID, parts = strings.Join(parts[:idParts], ":"), parts[idParts:]
	if len(parts) > 4 {
		return ref, fmt.Errorf("%q has too many parts", text)
	}
	parts = append(parts, make([]string, 4-len(parts))...)
	if parts[0] != "" && parts[0] != "SecretString" {
		return ref, fmt.Errorf("%s is %w, only SecretString", parts[0], ErrUnsupported)
	}
	ref.Key, ref.Stage, ref.Version = parts[1], parts[2], parts[3]
	if ref.Stage != "" && ref.Version != "" {
		return ref, fmt.Errorf("%q has both a stage and a version", text)
	}
	return ref, nil
}
