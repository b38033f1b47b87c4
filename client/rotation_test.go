package client

import (
	"context"
	"strings"
	"testing"
	"time"
)

func rotate(k Keys, to string) Keys {
	return Keys{SigningKey: to, PreviousSigningKey: k.SigningKey, Passcode: k.Passcode}
}

var (
	secondKey = strings.Repeat("second-key-", 4)
	thirdKey  = strings.Repeat("third-key--", 4)
)

func TestTokensSurviveRotationsAsLongAsTheirKey(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	first := s.issue(t, "ada", 24*time.Hour)

	s.keys = rotate(s.keys, secondKey)
	second := issueWith(t, s.with(s.keys, false), "ada", time.Hour)
	s.expectOpens(t, "the token of before the rotation", first)
	s.expectOpens(t, "the token of after the rotation", second)

	s.keys = rotate(s.keys, thirdKey)
	third := issueWith(t, s.with(s.keys, false), "ada", time.Hour)
	s.expectOpens(t, "the token of the previous key", second)
	s.expectOpens(t, "the token of the current key", third)
	s.expectRefused(t, "the token of a withdrawn key", first, "token signature is invalid: signature is invalid")
}

func TestRowThatNoKeyOpensIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	s.issue(t, "ada", time.Hour)
	s.keys = Keys{SigningKey: secondKey}
	s.expectOpens(t, "the token under a new key", issueWith(t, s.with(s.keys, false), "ada", time.Hour))
}

// lateKeys are those of an issuer whose cached secret is older than the rotation.
type lateKeys struct {
	stale, fresh Keys
	reads        int
}

func (k *lateKeys) current(context.Context) (Keys, error) { return k.stale, nil }
func (k *lateKeys) refreshed(context.Context) (Keys, error) {
	k.reads++
	return k.fresh, nil
}

func TestIssuerThatMissedARotationReadsTheSecretAgain(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	stale := s.keys
	s.keys = rotate(stale, secondKey)
	first := issueWith(t, s.with(s.keys, false), "ada", time.Hour)

	keys := &lateKeys{stale: stale, fresh: s.keys}
	late := s.with(stale, false)
	late.keys = keys
	second := issueWith(t, late, "ada", time.Hour)
	s.expectOpens(t, "the token of the issuer that knew", first)
	s.expectOpens(t, "the token of the issuer that did not", second)
	if keys.reads != 1 {
		t.Errorf("the secret was read again %d times, want once", keys.reads)
	}
}

func TestSealedCopyIsOfNoUseElsewhere(t *testing.T) {
	t.Parallel()
	rows := newMemoryRows()
	s := newSetup(rows)
	victim := s.issue(t, "ada", time.Hour)
	// Whoever can write the table but has no key moves a row's contents to another user and room.
	rows.rows[[2]string{"mallory", "orders"}] = rows.rows[[2]string{"ada", "orders"}]
	forged := s.issue(t, "mallory", time.Hour)
	victimClaims, err := s.parse(victim)
	if err != nil {
		t.Fatal(err)
	}
	forgedClaims, err := s.parse(forged)
	if err != nil {
		t.Fatal(err)
	}
	if victimClaims["token"] == forgedClaims["token"] {
		t.Error("a sealed copy was opened in another row")
	}
}

// A backend that knows nothing of the sealed copy wrote another factor beside it.
func TestSealedCopyOfAnotherFactorIsNotUsed(t *testing.T) {
	t.Parallel()
	rows := newMemoryRows()
	s := newSetup(rows)
	s.issue(t, "ada", time.Hour)
	key := [2]string{"ada", "orders"}
	changed := rows.rows[key]
	changed.token = hashFactor("a factor of another backend")
	rows.rows[key] = changed
	s.expectOpens(t, "the new token", s.issue(t, "ada", time.Hour))
}
