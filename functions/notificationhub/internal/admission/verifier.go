package admission

import (
	"context"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/token"
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

// A Verifier verifies a token and its second factor.
type Verifier struct {
	tokens token.Verifier
	store  FactorStore
}

// NewVerifier returns a Verifier.
func NewVerifier(keys token.KeySource, store FactorStore, now func() time.Time) *Verifier {
	return &Verifier{tokens: token.Verifier{Keys: keys, Now: now}, store: store}
}

// Verify returns the claims of a valid token. An error that wraps token.ErrRefused is the token's; any other is the hub's.
func (v *Verifier) Verify(ctx context.Context, raw string) (Claims, error) {
	verified, err := v.tokens.Verify(ctx, raw)
	if err != nil {
		return Claims{}, err
	}
	claims, err := strictClaims(verified)
	if err != nil {
		return Claims{}, err
	}
	if err := v.verifyFactor(ctx, claims); err != nil {
		return Claims{}, err
	}
	return claims, nil
}

func (v *Verifier) verifyFactor(ctx context.Context, claims Claims) error {
	row, found, err := v.store.Factor(ctx, claims.UserID, claims.RoomID)
	if err != nil {
		return fmt.Errorf("admission: stored factor: %w", err)
	}
	if !found {
		return token.Refuse(ErrUnknown)
	}
	// DynamoDB deletes expired rows within days, not at once.
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
	if !row.ExpiresAt.IsZero() && !v.tokens.Now().Before(row.ExpiresAt) {
		return token.Refuse(ErrFactorEnded)
	}
	return checkFactor(claims.Factor, row.Factor)
}
