package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/client"
)

// rotate puts a new signing key into the secret and keeps the one before.
func (h *hub) rotate(t *testing.T, key string) {
	t.Helper()
	keys := h.keys(t)
	h.putKeys(t, client.Keys{SigningKey: strings.Repeat(key, 64), PreviousSigningKey: keys.SigningKey, Passcode: keys.Passcode})
}

func (h *hub) putKeys(t *testing.T, keys client.Keys) {
	t.Helper()
	value, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	arn := h.outputs["SecretArn"]
	if _, err := h.secrets.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: &arn, SecretString: aws.String(string(value))}); err != nil {
		t.Fatal(err)
	}
}

// freshToken is one of a backend that has just read the secret.
func (h *hub) freshToken(t *testing.T, user, room string) string {
	t.Helper()
	issuer, err := client.NewTokenIssuer(client.TokenIssuerConfig{
		DynamoDB: h.dynamo, Table: h.tokens, Secrets: h.secrets, SecretARN: h.outputs["SecretArn"],
	})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := issuer.Issue(t.Context(), client.IssueRequest{UserID: user, RoomID: room, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Token
}

// Rotating takes effect without a restart, as soon as a token of the new key comes, and cuts nobody off until the next
// rotation but one.
func TestTheSigningKeyIsRotated(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t), newRoom()
	first := h.freshToken(t, "ada", room)
	open := h.connectWith(t, first)

	h.rotate(t, "b")
	second := h.freshToken(t, "ada", room)
	h.connectRotated(t, second)
	h.connectWith(t, first)

	h.rotate(t, "c")
	h.connectRotated(t, h.freshToken(t, "ada", room))
	h.connectWith(t, second)
	if _, status, err := h.dial(t.Context(), "?token="+first); status != http.StatusForbidden {
		t.Errorf("a token of the dropped key got status %d (%v), want 403", status, err)
	}

	// Who is in stays in.
	h.say(t, room, "still here?")
	open.expect(t, "still here?")
}

// connectRotated connects with a token of a new key. The authorizer reads the secret at most once a second, so a token
// that comes within a second of the last time may be refused.
func (h *hub) connectRotated(t *testing.T, token string) {
	t.Helper()
	eventually(t, func() error {
		s, _, err := h.dial(t.Context(), "?token="+token)
		if err == nil {
			s.conn.CloseNow() //nolint:errcheck // that it connects is all
		}
		return err
	})
}
