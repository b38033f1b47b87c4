package client

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// A fixture holds tokens of the classic recipe, in the shape that testdata/classic.mjs writes and reads.
type fixture struct {
	SigningKey string        `json:"signing_key"`
	Passcode   string        `json:"passcode"`
	Cases      []fixtureCase `json:"cases"`
}

type fixtureCase struct {
	Name        string `json:"name"`
	UserID      string `json:"user_id"`
	RoomID      string `json:"room_id"`
	JWT         string `json:"jwt"`
	StoredToken string `json:"stored_token"`
	Exp         int64  `json:"exp"`
}

func (f fixture) keys() Keys { return Keys{SigningKey: f.SigningKey, Passcode: f.Passcode} }

func readFixture(t *testing.T) fixture {
	t.Helper()
	raw, err := os.ReadFile("testdata/classic.json")
	if err != nil {
		t.Fatal(err)
	}
	var f fixture
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) == 0 {
		t.Fatal("the fixture has no cases")
	}
	return f
}

// newFixtureSetup is a hub with the fixture's keys, and in its table the rows of a backend in another language.
func newFixtureSetup(f fixture) *setup {
	rows := newMemoryRows()
	for _, c := range f.Cases {
		rows.rows[[2]string{c.UserID, c.RoomID}] = row{token: c.StoredToken, expiresAt: c.Exp}
	}
	s := newSetup(rows)
	s.keys = f.keys()
	s.issuer.keys = fixedKeys(s.keys)
	return s
}

// What jsonwebtoken and bcryptjs made is the recipe of this package.
func TestTokensOfOtherLibrariesAreOfTheSameRecipe(t *testing.T) {
	t.Parallel()
	f := readFixture(t)
	s := newFixtureSetup(f)
	for _, c := range f.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s.expectOpens(t, "the token of the fixture", c.JWT)
			claims, err := s.parse(c.JWT)
			if err != nil {
				t.Fatal(err)
			}
			factor := classicFactor(c.UserID, f.Passcode, c.RoomID)
			if claims["token"] != factor || claims["exp"] != float64(c.Exp) {
				t.Errorf("the claims are %v, the recipe gives %s", claims, factor)
			}
			if !matches(c.StoredToken, factor) || matches(c.StoredToken, factor+"0") {
				t.Errorf("the row %s does not tell %s from another", c.StoredToken, factor)
			}
		})
	}
}

// Both issuers of this package work beside a backend in another language: its row, and its tokens, stay good.
func TestIssuersKeepTheRowsOfOtherBackends(t *testing.T) {
	t.Parallel()
	for name, classic := range map[string]bool{"the classic issuer": true, "the default issuer": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := readFixture(t)
			s := newFixtureSetup(f)
			for _, c := range f.Cases {
				issued, err := s.with(s.keys, classic).Issue(t.Context(), IssueRequest{UserID: c.UserID, RoomID: c.RoomID, TTL: time.Hour})
				if err != nil {
					t.Fatal(err)
				}
				s.expectOpens(t, c.Name+": ours", issued.Token)
				s.expectOpens(t, c.Name+": theirs", c.JWT)
			}
			if puts := s.rows.(*memoryRows).puts; puts != 0 {
				t.Errorf("%d rows were written, though each serves", puts)
			}
		})
	}
}

// The other way round: jsonwebtoken and bcryptjs accept what the classic issuer makes.
func TestClassicTokensPassOtherLibraries(t *testing.T) {
	t.Parallel()
	requireNode(t)
	f := readFixture(t)
	rows := newMemoryRows()
	s := newSetup(rows)
	issuer := s.with(f.keys(), true)
	issuer.now = time.Now // jsonwebtoken checks exp by its own clock
	for n, c := range f.Cases {
		issued, err := issuer.Issue(t.Context(), IssueRequest{UserID: c.UserID, RoomID: c.RoomID, TTL: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		f.Cases[n].JWT, f.Cases[n].Exp = issued.Token, issued.ExpiresAt.Unix()
		f.Cases[n].StoredToken = rows.rows[[2]string{c.UserID, c.RoomID}].token
	}
	for name, faults := range verifyByNode(t, f) {
		if len(faults) > 0 {
			t.Errorf("%s: %s", name, strings.Join(faults, "; "))
		}
	}

	// The check can fail: it is not fooled by a row of another user.
	f.Cases[0].StoredToken = f.Cases[1].StoredToken
	if faults := verifyByNode(t, f)[f.Cases[0].Name]; len(faults) != 1 {
		t.Errorf("a foreign row gave the faults %q", faults)
	}
}

func verifyByNode(t *testing.T, f fixture) map[string][]string {
	t.Helper()
	in, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/classic.mjs", "verify")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("testdata/classic.mjs: %v", err)
	}
	var results []struct {
		Name   string   `json:"name"`
		Faults []string `json:"faults"`
	}
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != len(f.Cases) {
		t.Fatalf("%d of %d tokens were checked", len(results), len(f.Cases))
	}
	faults := map[string][]string{}
	for _, r := range results {
		faults[r.Name] = r.Faults
	}
	return faults
}

func TestClassicIssuer(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, store rowStore) {
		s := newSetup(store)
		s.issuer.classic = true
		first := s.issue(t, "ada", 2*time.Hour)
		second := s.issue(t, "ada", time.Hour)
		s.expectOpens(t, "the first token", first)
		s.expectOpens(t, "the second token", second)
		if err := s.issuer.Revoke(t.Context(), "ada", "orders"); err != nil {
			t.Fatal(err)
		}
		s.expectRefused(t, "the first token after Revoke", first, refusedNoRow)
		// As documented: the claim is the same again.
		s.issue(t, "ada", time.Hour)
		s.expectOpens(t, "the first token after a new Issue", first)
		s.clock.advance(time.Hour)
		s.expectRefused(t, "the first token, past the row's end", first, "the row ended at 1772370000")
	})
}

func TestClassicIssuerReplacesARandomFactor(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, store rowStore) {
		s := newSetup(store)
		random := s.issue(t, "ada", time.Hour)
		classic := issueWith(t, s.with(s.keys, true), "ada", time.Hour)
		s.expectOpens(t, "the classic token", classic)
		s.expectRefused(t, "the random token", random, refusedFactor)
		held, err := store.get(t.Context(), "ada", "orders")
		if err != nil || held.sealed != "" {
			t.Errorf("the row is %+v, %v: it still has the sealed copy", held, err)
		}
		// And the default issuer goes on with the classic factor.
		s.expectOpens(t, "a token of the default issuer", s.issue(t, "ada", 3*time.Hour))
		s.expectOpens(t, "the classic token", classic)
	})
}

func TestRowOfAnUnknownPasscodeIsReplaced(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	foreign := Keys{SigningKey: s.keys.SigningKey, Passcode: "another"}
	issueWith(t, s.with(foreign, true), "ada", time.Hour)
	s.expectOpens(t, "the default issuer's token", s.issue(t, "ada", time.Hour))
	issueWith(t, s.with(foreign, true), "grace", time.Hour)
	s.expectOpens(t, "the classic issuer's token", issueWith(t, s.with(s.keys, true), "grace", time.Hour))
}

func TestRowsWithoutAnEndKeepNone(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	s.issuer.classic = true
	s.issue(t, "ada", time.Hour)
	rows := s.rows.(*memoryRows)
	key := [2]string{"ada", "orders"}
	rows.rows[key] = row{token: rows.rows[key].token}
	s.issue(t, "ada", time.Hour)
	if r := rows.rows[key]; r.expiresAt != 0 {
		t.Errorf("the row ends at %d: it was cut short", r.expiresAt)
	}
}

func TestClassicIssuerNeedsAPasscode(t *testing.T) {
	t.Parallel()
	s := newSetup(newMemoryRows())
	_, err := s.with(Keys{SigningKey: testKeys.SigningKey}, true).Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
	expectError(t, err, ErrKeys, `client: issue for user "ada" in room "orders": unusable signing keys: passcode is missing, the classic second factor needs it`)
}

func TestFactorWithoutAPasscodeIsNotAdopted(t *testing.T) {
	t.Parallel()
	rows := newMemoryRows()
	s := newSetup(rows)
	s.keys.Passcode = ""
	guessable := classicFactor("ada", "", "orders")
	hash, err := bcrypt.GenerateFromPassword([]byte(guessable), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	rows.rows[[2]string{"ada", "orders"}] = row{token: string(hash), expiresAt: s.clock.now().Unix() + 60}
	c, err := s.parse(issueWith(t, s.with(s.keys, false), "ada", time.Hour))
	if err != nil || c["token"] == guessable {
		t.Errorf("the claims are %v, %v: anybody can compute that factor", c, err)
	}
}
