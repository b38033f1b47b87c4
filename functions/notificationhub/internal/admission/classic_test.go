package admission_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

// TestVerifyAcceptsOtherLanguages verifies tokens and rows made by the libraries of another language.
func TestVerifyAcceptsOtherLanguages(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../../client/testdata/classic.json")
	if err != nil {
		t.Fatal(err)
	}
	var fixture struct {
		SigningKey string `json:"signing_key"`
		Cases      []struct {
			Name        string `json:"name"`
			UserID      string `json:"user_id"`
			RoomID      string `json:"room_id"`
			JWT         string `json:"jwt"`
			StoredToken string `json:"stored_token"`
			Exp         int64  `json:"exp"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(raw, &fixture); err != nil || len(fixture.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(fixture.Cases), err)
	}
	keys := token.Keys{Signing: []byte(fixture.SigningKey)}
	for _, c := range fixture.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			tokens := &hubtest.Tokens{}
			tokens.Put(c.UserID, c.RoomID, admission.Row{Factor: c.StoredToken, ExpiresAt: time.Unix(c.Exp, 0)})
			verifier := admission.NewVerifier(&keySource{keys: keys, rotated: keys}, tokens, clock.NewFake().Now)
			claims, err := verifier.Verify(context.Background(), c.JWT)
			if err != nil || claims.UserID != c.UserID || claims.RoomID != c.RoomID || claims.ExpiresAt.Unix() != c.Exp {
				t.Errorf("got %+v, %v", claims, err)
			}
		})
	}
}
