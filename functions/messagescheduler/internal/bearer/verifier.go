package bearer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// ErrRefused is wrapped by every error that the token causes. All others are the scheduler's.
var ErrRefused = errors.New("token refused")

// Reasons for refusing a token. Each comes together with ErrRefused.
var (
	ErrMissing   = errors.New("no bearer token")
	ErrTooLarge  = errors.New("token is too large")
	ErrMalformed = errors.New("token is malformed")
	ErrSignature = errors.New("signature is not valid under any active key")
	ErrExpired   = errors.New("exp is missing or past")
	ErrClaim     = errors.New(`groups must be a list of names, or ["*"]`)
	ErrGroup     = errors.New("token is not for this group")
)

// A Verifier verifies tokens.
type Verifier struct {
	Keys token.KeySource
	Now  func() time.Time
}

// Verify returns nil if the value of an Authorization header lets its bearer use a group.
func (v *Verifier) Verify(ctx context.Context, header, group string) error {
	raw, err := parseHeader(header)
	if err != nil {
		return refuse(err)
	}
	groups, err := v.groups(ctx, raw)
	if err != nil {
		return err
	}
	if group == "" || !slices.Contains(groups, contract.AllGroups) && !slices.Contains(groups, group) {
		return refuse(ErrGroup)
	}
	return nil
}

// parseHeader accepts the scheme in any case (RFC 9110, section 11.1).
func parseHeader(header string) (string, error) {
	scheme, raw, ok := strings.Cut(strings.TrimSpace(header), " ")
	raw = strings.TrimSpace(raw)
	switch {
	case !ok || !strings.EqualFold(scheme, "Bearer") || raw == "":
		return "", ErrMissing
	case len(raw) > contract.MaxTokenBytes:
		return "", ErrTooLarge
	}
	return raw, nil
}

// groups refreshes the keys if none fits: the key may have just been rotated.
func (v *Verifier) groups(ctx context.Context, raw string) ([]string, error) {
	keys, err := v.Keys.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("bearer: signing keys: %w", err)
	}
	groups, refusal := v.parse(raw, keys)
	if !errors.Is(refusal, ErrSignature) {
		return groups, refusal
	}
	if keys, err = v.Keys.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("bearer: signing keys: %w", err)
	}
	return v.parse(raw, keys)
}

func (v *Verifier) parse(raw string, keys token.Keys) ([]string, error) {
	set := jwt.VerificationKeySet{Keys: []jwt.VerificationKey{keys.Signing}}
	if keys.Previous != nil {
		set.Keys = append(set.Keys, keys.Previous)
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS512.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(v.Now), jwt.WithStrictDecoding())
	claims := jwt.MapClaims{}
	_, err := parser.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return set, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return nil, refuse(ErrMalformed)
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return nil, refuse(ErrSignature)
	case err != nil:
		return nil, refuse(ErrExpired)
	}
	return groupsOf(claims)
}

func groupsOf(claims jwt.MapClaims) ([]string, error) {
	list, ok := claims[contract.ClaimGroups].([]any)
	if !ok || len(list) == 0 {
		return nil, refuse(ErrClaim)
	}
	groups := make([]string, len(list))
	for i, one := range list {
		if groups[i], ok = one.(string); !ok || groups[i] == "" {
			return nil, refuse(ErrClaim)
		}
	}
	return groups, nil
}

func refuse(why error) error { return fmt.Errorf("bearer: %w: %w", ErrRefused, why) }
