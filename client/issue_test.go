package client

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestIssueKeepsEarlierTokensUntilRevoked(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, store rowStore) {
		s := newSetup(store)
		first := s.issue(t, "ada", time.Hour)
		s.clock.advance(time.Minute)
		second := s.issue(t, "ada", time.Hour)
		s.expectOpens(t, "the first token", first)
		s.expectOpens(t, "the second token", second)

		if err := s.issuer.Revoke(t.Context(), "ada", "orders"); err != nil {
			t.Fatal(err)
		}
		s.expectRefused(t, "the first token after Revoke", first, refusedNoRow)
		s.expectRefused(t, "the second token after Revoke", second, refusedNoRow)

		third := s.issue(t, "ada", time.Hour)
		s.expectRefused(t, "the first token after a new Issue", first, refusedFactor)
		s.expectRefused(t, "the second token after a new Issue", second, refusedFactor)
		s.expectOpens(t, "the new token", third)
	})
}

func TestRevokeLeavesOtherUsersAndRooms(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	other := s.issue(t, "grace", time.Hour)
	elsewhere, err := s.issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "billing", TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.issuer.Revoke(t.Context(), "ada", "orders"); err != nil {
		t.Fatal(err)
	}
	s.expectOpens(t, "another user's token", other)
	s.expectOpens(t, "a token for another room", elsewhere.Token)
}

func TestIssueNeverShortensARow(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, store rowStore) {
		s := newSetup(store)
		long := s.issue(t, "ada", 10*time.Hour)
		short := s.issue(t, "ada", time.Hour)
		s.expectOpens(t, "the short token", short)
		s.clock.advance(2 * time.Hour)
		s.expectOpens(t, "the long token, once the short one has ended", long)
		s.expectRefused(t, "the short token", short, "token has invalid claims: token is expired")
	})
}

func TestIssueWritesOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	rows := newMemoryRows()
	s := newSetup(rows)
	s.issue(t, "ada", time.Hour)
	s.issue(t, "ada", time.Hour)
	s.issue(t, "ada", time.Minute)
	if rows.puts != 1 {
		t.Errorf("three tokens of which the first ends last took %d writes, want 1", rows.puts)
	}
	s.issue(t, "ada", 2*time.Hour)
	if rows.puts != 2 {
		t.Errorf("a token that ends later made it %d writes, want 2", rows.puts)
	}
}

func TestIssueStartsAnewOnceARowHasEnded(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	s.issue(t, "ada", time.Hour)
	before, _ := s.rows.get(t.Context(), "ada", "orders")
	s.clock.advance(time.Hour)
	s.expectOpens(t, "the new token", s.issue(t, "ada", time.Hour))
	after, _ := s.rows.get(t.Context(), "ada", "orders")
	if before.token == after.token {
		t.Error("the second factor of an ended row is used again")
	}
}

// Issuers race for a row that does not exist yet, from several processes' worth of goroutines.
func TestIssuersThatWorkAtOnceAgree(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, store rowStore) {
		s := newSetup(store)
		tokens := make([]string, 16)
		var group sync.WaitGroup
		for n := range tokens {
			group.Go(func() {
				issued, err := s.issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour + time.Duration(n)*time.Minute})
				if err != nil {
					t.Errorf("issuer %d: %v", n, err)
				}
				tokens[n] = issued.Token
			})
		}
		group.Wait()
		for _, token := range tokens {
			s.expectOpens(t, "a token", token)
		}
		s.clock.advance(time.Hour + 14*time.Minute)
		s.expectOpens(t, "the token that ends last", tokens[15])
	})
}

func TestIssueThatMeetsARevokeStartsANewFactor(t *testing.T) {
	t.Parallel()
	rows := newMemoryRows()
	s := newSetup(rows)
	old := s.issue(t, "ada", time.Hour)
	rows.beforePut = func() {
		rows.beforePut = nil
		if err := s.issuer.Revoke(t.Context(), "ada", "orders"); err != nil {
			t.Error(err)
		}
	}
	fresh := s.issue(t, "ada", 2*time.Hour)
	s.expectOpens(t, "the token issued during the revocation", fresh)
	s.expectRefused(t, "the revoked token", old, refusedFactor)
}

func TestIssueGivesUpOnARowThatKeepsChanging(t *testing.T) {
	t.Parallel()
	rows := newMemoryRows()
	rows.failPut = errConflict
	s := newSetup(rows)
	_, err := s.issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
	expectError(t, err, ErrContention, `client: issue for user "ada" in room "orders": the row kept changing: 16 rounds`)
}

func TestIssueReportsTheStore(t *testing.T) {
	t.Parallel()
	broken := errors.New("the table is on fire")
	rows := newMemoryRows()
	rows.failGet = broken
	_, err := newSetup(rows).issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
	expectError(t, err, broken, `client: issue for user "ada" in room "orders": the table is on fire`)
}

func TestIssueRefusesNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 257)
	tests := []struct {
		name, user, room string
		want             error
		text             string
	}{
		{"an empty user", "", "orders", ErrMissingField, `client: issue: field user_id (""): missing field`},
		{"an empty room", "ada", "", ErrMissingField, `client: issue: field room_id (""): missing field`},
		{
			"a long room", "ada", long, ErrInvalidField,
			`client: issue: field room_id ("` + long[:64] + `..."): invalid field: 257 bytes, at most 256 are allowed`,
		},
		{"a user that is not UTF-8", "a\xff", "orders", ErrInvalidField, `client: issue: field user_id ("a\xff"): invalid field: not valid UTF-8`},
		{
			"names whose escapes make the token too long", strings.Repeat("\x01", 256), strings.Repeat("\x02", 256), ErrTokenTooLong,
			`client: issue for user "` + strings.Repeat(`\x01`, 64) + `..." in room "` + strings.Repeat(`\x02`, 64) +
				`...": the token is too long: 4379 bytes, at most 4096 are allowed`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newSetup(newMemoryRows()).issuer.Issue(t.Context(), IssueRequest{UserID: tt.user, RoomID: tt.room, TTL: time.Hour})
			expectError(t, err, tt.want, tt.text)
		})
	}
}

func TestRevokeRefusesNames(t *testing.T) {
	t.Parallel()
	err := newSetup(newMemoryRows()).issuer.Revoke(t.Context(), "ada", "")
	expectError(t, err, ErrMissingField, `client: revoke: field room_id (""): missing field`)
	var field *FieldError
	if !errors.As(err, &field) || field.Field != "room_id" {
		t.Errorf("%v names %+v", err, field)
	}
}

func TestTokenCarriesFourClaims(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	issued, err := s.issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: 90 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2026, 3, 1, 13, 30, 0, 0, time.UTC)
	if issued.ExpiresAt != end {
		t.Errorf("the token is said to end at %s, want %s", issued.ExpiresAt, end)
	}
	c, err := s.parse(issued.Token)
	if err != nil {
		t.Fatal(err)
	}
	if c["user_id"] != "ada" || c["room_id"] != "orders" || c["exp"] != float64(end.Unix()) || len(c["token"].(string)) != 64 || len(c) != 4 {
		t.Errorf("the claims are %v", c)
	}
}

func expectError(t *testing.T, err, want error, text string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, which is not %v", err, want)
	}
	if err == nil || err.Error() != text {
		t.Errorf("the error reads\n %v\nwant\n %s", err, text)
	}
}
