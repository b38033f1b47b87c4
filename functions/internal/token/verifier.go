package token

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A Verifier verifies JWTs signed with HS512, which must have exp.
type Verifier struct {
	Keys KeySource
	Now  func() time.Time
}

// Verify returns the claims of a token whose signature and times are valid. An error that wraps ErrRefused is the token's;
// any other is the key source's.
func (v Verifier) Verify(ctx context.Context, raw string) (jwt.MapClaims, error) {
	if raw == "" {
		return nil, Refuse(ErrMissing)
	}
	if len(raw) > MaxBytes {
		return nil, Refuse(fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTooLarge, len(raw), MaxBytes))
	}
	keys, err := v.Keys.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("token: signing keys: %w", err)
	}
	claims, refusal := v.parse(raw, keys)
	if !errors.Is(refusal, ErrSignature) {
		return claims, refusal
	}
	// The key may have just been rotated.
	if keys, err = v.Keys.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("token: signing keys: %w", err)
	}
	return v.parse(raw, keys)
}

func (v Verifier) parse(raw string, keys Keys) (jwt.MapClaims, error) {
	set := jwt.VerificationKeySet{Keys: []jwt.VerificationKey{keys.Signing}}
	if keys.Previous != nil {
		set.Keys = append(set.Keys, keys.Previous)
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS512.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(v.Now), jwt.WithStrictDecoding())
	claims := jwt.MapClaims{}
	parsed, err := parser.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return set, nil })
	if err != nil {
		return nil, Refuse(reason(parsed, err))
	}
	return claims, nil
}

// reason maps the library's errors.
func reason(parsed *jwt.Token, err error) error {
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return ErrMalformed
	case errors.Is(err, jwt.ErrTokenSignatureInvalid) && parsed != nil && parsed.Method != jwt.SigningMethodHS512:
		return ErrAlgorithm
	case errors.Is(err, jwt.ErrTokenUnverifiable):
		return ErrAlgorithm
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return ErrSignature
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return ErrNotYetValid
	default:
		return ErrExpiry
	}
}
