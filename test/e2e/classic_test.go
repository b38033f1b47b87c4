package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/client"
)

// A fixture is what client/testdata/classic.mjs makes with npm's jsonwebtoken and bcryptjs.
type fixture struct {
	SigningKey string `json:"signing_key"`
	Passcode   string `json:"passcode"`
	Cases      []struct {
		Name        string `json:"name"`
		UserID      string `json:"user_id"`
		RoomID      string `json:"room_id"`
		JWT         string `json:"jwt"`
		StoredToken string `json:"stored_token"`
		Exp         int64  `json:"exp"`
	}
}

// A backend in another language keeps its recipe: it writes the row and signs the token by itself, with its own libraries.
func TestABackendOfTheClassicRecipeConnectsUnchanged(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	kept, err := os.ReadFile(root + "/client/testdata/classic.json")
	if err != nil {
		t.Fatal(err)
	}
	generate := exec.CommandContext(t.Context(), "node", "client/testdata/classic.mjs", "generate")
	generate.Dir, generate.Stderr = root, os.Stderr
	made, err := generate.Output()
	if err != nil {
		t.Fatalf("client/testdata/classic.mjs, which needs the packages of npm ci: %v", err)
	}
	for _, origin := range []struct {
		name string
		raw  []byte
	}{{"made long ago", kept}, {"made now by Node", made}} {
		t.Run(origin.name, func(t *testing.T) {
			var f fixture
			if err := json.Unmarshal(origin.raw, &f); err != nil || len(f.Cases) == 0 {
				t.Fatalf("%d cases, %v", len(f.Cases), err)
			}
			h.putKeys(t, client.Keys{SigningKey: f.SigningKey, Passcode: f.Passcode})
			for _, c := range f.Cases {
				h.putTokenRow(t, c.UserID, c.RoomID, c.StoredToken, c.Exp)
				s := h.open(t, "?token="+c.JWT)
				room, err := json.Marshal(c.RoomID)
				if err != nil {
					t.Fatal(err)
				}
				h.put(t, h.intake, `{"user_id":"system","room_id":`+string(room)+`,"data":{"type":"order","id":7}}`)
				content, err := s.raw()
				if err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
				var got struct {
					UserID string `json:"user_id"`
					Data   struct{ Type string }
				}
				if err := json.Unmarshal(content, &got); err != nil || got.UserID != "system" || got.Data.Type != "order" {
					t.Errorf("%s: got %s, %v", c.Name, content, err)
				}
				s.conn.CloseNow() //nolint:errcheck // the next fixture has the same rooms
			}
		})
	}
}

func (h *hub) putTokenRow(t *testing.T, user, room, stored string, expires int64) {
	t.Helper()
	if _, err := h.dynamo.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &h.tokens, Item: map[string]types.AttributeValue{
		"user_id":    &types.AttributeValueMemberS{Value: user},
		"room_id":    &types.AttributeValueMemberS{Value: room},
		"token":      &types.AttributeValueMemberS{Value: stored},
		"expires_at": &types.AttributeValueMemberN{Value: strconv.FormatInt(expires, 10)},
	}}); err != nil {
		t.Fatal(err)
	}
}
