package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/client"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// keys reads the signing secret as an operator does.
func (h *hub) keys(t *testing.T) client.Keys {
	t.Helper()
	arn := h.outputs["SecretArn"]
	out, err := h.secrets.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := client.ParseKeys([]byte(*out.SecretString))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// claimsOf reads a token's claims without checking it.
func claimsOf(t *testing.T, token string) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims, change ...any) string {
	t.Helper()
	changed := jwt.MapClaims{}
	for name, value := range claims {
		changed[name] = value
	}
	for i := 0; i < len(change); i += 2 {
		if changed[change[i].(string)] = change[i+1]; change[i+1] == nil {
			delete(changed, change[i].(string))
		}
	}
	token, err := jwt.NewWithClaims(method, changed).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAWrongTokenIsRefused(t *testing.T) {
	t.Parallel()
	h, room, other := shared(t), newRoom(), newRoom()
	good := h.token(t, "ada", room)
	key, claims := []byte(h.keys(t).SigningKey), claimsOf(t, good)
	foreign := claimsOf(t, h.token(t, "ada", other))
	revoked := h.token(t, "eve", room)
	if err := h.issuer.Revoke(t.Context(), "eve", room); err != nil {
		t.Fatal(err)
	}
	again := func(change ...any) string { return sign(t, jwt.SigningMethodHS512, key, claims, change...) }
	parts := strings.Split(good, ".")
	h.connectWith(t, again()) // what is made here is refused for its one fault

	for name, token := range map[string]string{
		"none at all":                       "",
		"no token":                          "ada",
		"with a bad signature":              parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])),
		"with changed claims":               parts[0] + "." + strings.Split(again("user_id", "eve"), ".")[1] + "." + parts[2],
		"of two parts":                      parts[0] + "." + parts[1],
		"signed with another key":           sign(t, jwt.SigningMethodHS512, []byte(strings.Repeat("k", 64)), claims),
		"signed with HS256":                 sign(t, jwt.SigningMethodHS256, key, claims),
		"of algorithm none":                 sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims),
		"expired":                           again("exp", time.Now().Add(-time.Minute).Unix()),
		"without expiry":                    again("exp", nil),
		"without second factor":             again("token", nil),
		"with the factor of another room":   again("token", foreign["token"]),
		"with the factor of another user":   again("user_id", "eve"),
		"for a room whose row is another's": again("room_id", other),
		"with a number for a user":          again("user_id", 7),
		"with rooms in a list":              again("room_id", []string{room}),
		"revoked":                           revoked,
		"of 8,000 bytes":                    again("padding", strings.Repeat("x", 3000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, status, err := h.dial(t.Context(), "?token="+url.QueryEscape(token))
			if err == nil {
				s.conn.CloseNow() //nolint:errcheck // it should not be there
				t.Fatal("it connects")
			}
			want := http.StatusForbidden
			if len(token) >= contract.MaxTokenBytes {
				want = http.StatusRequestURITooLong
			}
			if status != want {
				t.Errorf("in the query: status %d (%v), want %d", status, err, want)
			}
			protocols := []string{contract.Subprotocol}
			if token != "" {
				protocols = append(protocols, contract.SubprotocolTokenPrefix+token)
			}
			if _, status, err := h.dial(t.Context(), "", protocols...); status != http.StatusForbidden {
				t.Errorf("in the subprotocol: status %d (%v), want 403", status, err)
			}
		})
	}
}

// A function's log may be read by many: no token belongs in it.
func TestARefusalIsLoggedWithItsReasonAndWithoutTheToken(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	token := h.token(t, "mallory-"+room, room)
	if err := h.issuer.Revoke(t.Context(), "mallory-"+room, room); err != nil {
		t.Fatal(err)
	}
	if _, status, err := h.dial(t.Context(), "?token="+token); status != http.StatusForbidden {
		t.Fatalf("status %d (%v)", status, err)
	}
	lines := get[[]struct{ Text string }](t, h.stage, "logs?limit=5000&function="+h.authorize)
	refusals := 0
	for _, line := range lines {
		var entry struct{ Msg, Reason, Error string }
		if json.Unmarshal([]byte(line.Text), &entry) == nil && entry.Reason+entry.Error != "" {
			refusals++
		}
		if strings.Contains(line.Text, token) || strings.Contains(line.Text, strings.Split(token, ".")[2]) {
			t.Errorf("the log holds the token: %s", line.Text)
		}
	}
	if refusals == 0 {
		t.Errorf("no line of %d tells of a refusal", len(lines))
	}
}
