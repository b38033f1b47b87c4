package admission

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A Row is a stored second factor.
type Row struct {
	Factor    string
	ExpiresAt time.Time // the zero time: never
}

// A FactorStore finds the stored factor of a user in a room.
type FactorStore interface {
	Factor(ctx context.Context, userID, roomID string) (row Row, found bool, err error)
}

// A Verifier verifies tokens.
type Verifier struct {
	keys   token.KeySource
	store  FactorStore
	now    func() time.Time
	parser parser
}

// NewVerifier returns a Verifier.
func NewVerifier(keys token.KeySource, store FactorStore, now func() time.Time) *Verifier {
	return &Verifier{keys: keys, store: store, now: now, parser: newParser(now)}
}

// Verify returns the claims of a valid token. An error that wraps ErrRefused is the token's; any other is the hub's.
func (v *Verifier) Verify(ctx context.Context, raw string) (Claims, error) {
	if raw == "" {
		return Claims{}, refuse(ErrMissing)
	}
	if len(raw) > contract.MaxTokenBytes {
		return Claims{}, refuse(fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTooLarge, len(raw), contract.MaxTokenBytes))
	}
	claims, err := v.verifySignature(ctx, raw)
	if err != nil {
		return Claims{}, err
	}
	if err := v.verifyFactor(ctx, claims); err != nil {
		return Claims{}, err
	}
	return claims, nil
}

// verifySignature refreshes the keys if none fits: the key may have just been rotated.
func (v *Verifier) verifySignature(ctx context.Context, raw string) (Claims, error) {
	keys, err := v.keys.Keys(ctx)
	if err != nil {
		return Claims{}, fmt.Errorf("admission: signing keys: %w", err)
	}
	claims, refusal := v.parser.parse(raw, keys)
	if !errors.Is(refusal, ErrSignature) {
		return claims, refusal
	}
	if keys, err = v.keys.Refresh(ctx); err != nil {
		return Claims{}, fmt.Errorf("admission: signing keys: %w", err)
	}
	return v.parser.parse(raw, keys)
}

func (v *Verifier) verifyFactor(ctx context.Context, claims Claims) error {
	row, found, err := v.store.Factor(ctx, claims.UserID, claims.RoomID)
	if err != nil {
		return fmt.Errorf("admission: stored factor: %w", err)
	}
	if !found {
		return refuse(ErrUnknown)
	}
	// DynamoDB deletes expired rows within days, not at once.
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
	if !row.ExpiresAt.IsZero() && !v.now().Before(row.ExpiresAt) {
		return refuse(ErrFactorEnded)
	}
	return checkFactor(claims.Factor, row.Factor)
}
