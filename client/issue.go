package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// maxIssueRounds bounds how often Issue starts over because the row changed. Each failed round means that another
// issuer succeeded, and its row usually serves.
const maxIssueRounds = 16

// An IssuedToken is a token for a browser.
type IssuedToken struct {
	Token     string    // the JWT
	ExpiresAt time.Time // whole second, UTC
}

// Issue issues a token for one user and one room. Earlier tokens of the same user and room stay valid.
//
// It reads the row of the Tokens table and, unless that already serves, writes it: one GetItem and at most one UpdateItem
// when no other issuer interferes. Errors: FieldError, ErrExpiryRequired, ErrExpiryPast, ErrExpiryTooLong,
// ErrTokenTooLong, ErrKeys, ErrMalformedRow, ErrContention, and those of AWS.
func (i *TokenIssuer) Issue(ctx context.Context, req IssueRequest) (IssuedToken, error) {
	if err := req.validate(); err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue: %w", err)
	}
	expiresAt, err := req.expiry(i.now())
	if err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue: %w", err)
	}
	signed, err := i.issue(ctx, req.UserID, req.RoomID, expiresAt)
	if err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue for user %q in room %q: %w", clip(req.UserID), clip(req.RoomID), err)
	}
	return IssuedToken{Token: signed, ExpiresAt: expiresAt}, nil
}

// Revoke ends every token issued for the user and the room, of whichever recipe, by deleting their row. Revoking what was never issued is
// no error. A connection that is already open stays open, at most until API Gateway ends it after two hours. Tokens of
// the classic recipe come back to life with the next Issue: see TokenIssuer.
func (i *TokenIssuer) Revoke(ctx context.Context, userID, roomID string) error {
	if err := (IssueRequest{UserID: userID, RoomID: roomID}).validate(); err != nil {
		return fmt.Errorf("client: revoke: %w", err)
	}
	if err := i.rows.remove(ctx, userID, roomID); err != nil {
		return fmt.Errorf("client: revoke for user %q in room %q: %w", clip(userID), clip(roomID), err)
	}
	return nil
}

func (i *TokenIssuer) issue(ctx context.Context, userID, roomID string, expiresAt time.Time) (string, error) {
	keys, err := i.keys.current(ctx)
	if err != nil {
		return "", err
	}
	a := attempt{issuer: i, keys: keys, userID: userID, roomID: roomID, end: expiresAt.Unix()}
	for range maxIssueRounds {
		factor, err := a.settle(ctx)
		if errors.Is(err, errConflict) {
			continue
		}
		if err != nil {
			return "", err
		}
		return sign(a.keys.SigningKey, userID, roomID, factor, expiresAt)
	}
	return "", fmt.Errorf("%w: %d rounds", ErrContention, maxIssueRounds)
}

// An attempt is one running call of Issue.
type attempt struct {
	issuer         *TokenIssuer
	keys           Keys
	userID, roomID string
	end            int64
}

// settle makes the row valid until a.end and returns the factor that matches it.
func (a *attempt) settle(ctx context.Context) (string, error) {
	i := a.issuer
	seen, err := i.rows.get(ctx, a.userID, a.roomID)
	if err != nil {
		return "", err
	}
	factor, next, err := a.plan(ctx, seen)
	if err != nil {
		return "", err
	}
	if seen != nil && *seen == next {
		return factor, nil
	}
	return factor, i.rows.put(ctx, a.userID, a.roomID, seen, next)
}

func (a *attempt) plan(ctx context.Context, seen *row) (factor string, next row, err error) {
	if a.issuer.classic {
		return a.planClassic(seen)
	}
	if seen != nil && seen.liveAt(a.issuer.now().Unix()) {
		if factor, next, err = a.keep(ctx, *seen); factor != "" || err != nil {
			return factor, next, err
		}
	}
	factor, err = newFactor(a.issuer.random)
	if err != nil {
		return "", row{}, err
	}
	next, err = a.sealed(factor, row{token: hashFactor(factor), expiresAt: a.newEnd(seen)})
	return factor, next, err
}

// planClassic keeps a row whose hash is of the classic factor and replaces any other.
func (a *attempt) planClassic(seen *row) (string, row, error) {
	if a.keys.Passcode == "" {
		return "", row{}, fmt.Errorf("%w: %s is missing, the classic second factor needs it", ErrKeys, contract.SecretPasscode)
	}
	factor := classicFactor(a.userID, a.keys.Passcode, a.roomID)
	if seen != nil && strings.HasPrefix(seen.token, storedBcrypt) && matches(seen.token, factor) {
		return factor, seen.extended(a.end), nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(factor), a.issuer.cost)
	if err != nil {
		return "", row{}, fmt.Errorf("bcrypt: %w", err)
	}
	return factor, row{token: string(hash), expiresAt: a.newEnd(seen)}, nil
}

// keep goes on with a live row; it returns no factor when it cannot find the row's out.
func (a *attempt) keep(ctx context.Context, seen row) (string, row, error) {
	if strings.HasPrefix(seen.token, storedBcrypt) {
		factor := classicFactor(a.userID, a.keys.Passcode, a.roomID)
		if a.keys.Passcode == "" || !matches(seen.token, factor) {
			return "", row{}, nil
		}
		return factor, seen.extended(a.end), nil
	}
	if seen.sealed == "" {
		return "", row{}, nil
	}
	factor, current := a.open(seen)
	if factor == "" {
		// Another issuer may have sealed it under a key that came with a rotation since the secret was read here.
		keys, err := a.issuer.keys.refreshed(ctx)
		if err != nil {
			return "", row{}, err
		}
		a.keys = keys
		factor, current = a.open(seen)
	}
	if factor == "" || current {
		return factor, seen.extended(a.end), nil
	}
	next, err := a.sealed(factor, seen.extended(a.end))
	return factor, next, err
}

// open opens the factor of a row with the known keys, and reports whether the current one sealed it.
func (a *attempt) open(seen row) (factor string, current bool) {
	for n, key := range a.keys.signing() {
		factor, ok := unseal(key, a.userID, a.roomID, seen.sealed)
		if ok && matches(seen.token, factor) {
			return factor, n == 0
		}
	}
	return "", false
}

func (a *attempt) sealed(factor string, r row) (row, error) {
	sealed, err := seal(a.issuer.random, a.keys.SigningKey, a.userID, a.roomID, factor)
	r.sealed = sealed
	return r, err
}

// newEnd returns the end of a row that replaces seen.
func (a *attempt) newEnd(seen *row) int64 {
	if seen == nil {
		return a.end
	}
	return max(seen.expiresAt, a.end)
}
