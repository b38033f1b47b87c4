package client

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"
)

var testKeys = Keys{
	SigningKey: "a-signing-key-for-tests-0123456789abcdef",
	Passcode:   "a-passcode",
}

// A setup is an issuer, its store and clock, and what a hub's authorizer would say of its tokens.
type setup struct {
	issuer *TokenIssuer
	rows   rowStore
	clock  *clock
	keys   Keys
}

func newSetup(rows rowStore) *setup {
	c := newClock()
	issuer := &TokenIssuer{keys: fixedKeys(testKeys), rows: rows, now: c.now, random: rand.Reader, cost: bcrypt.MinCost}
	return &setup{issuer: issuer, rows: rows, clock: c, keys: testKeys}
}

// with is another issuer over the same table and clock.
func (s *setup) with(keys Keys, classic bool) *TokenIssuer {
	other := *s.issuer
	other.keys, other.classic = fixedKeys(keys), classic
	return &other
}

func (s *setup) issue(t *testing.T, user string, ttl time.Duration) string {
	t.Helper()
	return issueWith(t, s.issuer, user, ttl)
}

func issueWith(t *testing.T, issuer *TokenIssuer, user string, ttl time.Duration) string {
	t.Helper()
	issued, err := issuer.Issue(t.Context(), IssueRequest{UserID: user, RoomID: "orders", TTL: ttl})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Token
}

func (s *setup) expectOpens(t *testing.T, name, token string) {
	t.Helper()
	if err := s.authorize(t, token); err != nil {
		t.Errorf("%s is refused: %v", name, err)
	}
}

func (s *setup) expectRefused(t *testing.T, name, token, reason string) {
	t.Helper()
	if err := s.authorize(t, token); err == nil || err.Error() != reason {
		t.Errorf("%s: the hub says %v, want %q", name, err, reason)
	}
}

const (
	refusedNoRow  = "no row"
	refusedFactor = "wrong second factor"
)

// authorize checks a token as the hub does, knowing nothing of an issuer but the format of the claims and of the stored token.
func (s *setup) authorize(t *testing.T, token string) error {
	t.Helper()
	parsed, err := s.parse(token)
	if err != nil {
		return err
	}
	user, room, factor := parsed["user_id"].(string), parsed["room_id"].(string), parsed["token"].(string)
	r, err := s.rows.get(t.Context(), user, room)
	if err != nil {
		return err
	}
	switch {
	case r == nil:
		return errors.New(refusedNoRow)
	case r.expiresAt != 0 && r.expiresAt <= s.clock.now().Unix():
		return fmt.Errorf("the row ended at %d", r.expiresAt)
	case strings.HasPrefix(r.token, "$2"):
		if bcrypt.CompareHashAndPassword([]byte(r.token), []byte(factor)) != nil {
			return errors.New(refusedFactor)
		}
		return nil
	}
	sum := sha256.Sum256([]byte(factor))
	if r.token != "sha256:"+hex.EncodeToString(sum[:]) {
		return errors.New(refusedFactor)
	}
	return nil
}

func (s *setup) parse(token string) (jwt.MapClaims, error) {
	var last error
	for _, key := range []string{s.keys.SigningKey, s.keys.PreviousSigningKey} {
		c := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(token, c, func(*jwt.Token) (any, error) { return []byte(key), nil },
			jwt.WithValidMethods([]string{"HS512"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.clock.now))
		if err == nil {
			return c, nil
		}
		if last == nil || !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			last = err
		}
	}
	return nil, last
}
