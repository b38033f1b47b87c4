package readme

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/coder/websocket"
)

// connections fails unless so many connections are in a room.
func (s *stage) connections(t *testing.T, room string, want int) error {
	t.Helper()
	out, err := dynamodb.NewFromConfig(s.awsConfig()).Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(s.table(t, "/Hub/Connections/Resource")), KeyConditionExpression: aws.String("room_id = :room"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":room": &types.AttributeValueMemberS{Value: room}},
	})
	if err != nil {
		return err
	}
	if len(out.Items) != want {
		return fmt.Errorf("%d connections are in room %s, want %d", len(out.Items), room, want)
	}
	return nil
}

// table is the name of the table at the end of a construct's path.
func (s *stage) table(t *testing.T, path string) string {
	t.Helper()
	_, body := fetch(t, s.endpoint()+"/_local/resources")
	var all struct{ Tables []struct{ Path, Name string } }
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for _, table := range all.Tables {
		if strings.HasSuffix(table.Path, path) {
			return table.Name
		}
	}
	t.Fatalf("the stage has no table %s: %s", path, body)
	return ""
}

// A socket is a client of the protocol in client/PROTOCOL.md.
type socket struct{ conn *websocket.Conn }

// connect opens a socket with a token; it closes with the test.
func (s *stage) connect(t *testing.T, token string) socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, s.rows["WebSocketUrl"], &websocket.DialOptions{Subprotocols: []string{"hermes.v1", "hermes.token." + token}})
	if err != nil {
		t.Fatalf("connect with token %q: %v", token, err)
	}
	t.Cleanup(func() { conn.CloseNow() }) //nolint:errcheck // the test is over
	return socket{conn}
}

// A frame of the server, with the fields of all types.
type frame struct {
	Type      string
	Positions map[string]struct{ Epoch string }
	Messages  []struct {
		ID   string
		Data json.RawMessage
	}
}

// read returns the next frame of a type.
func (s socket) read(t *testing.T, kind string) frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		_, content, err := s.conn.Read(ctx)
		if err != nil {
			t.Fatalf("no frame of type %q came: %v", kind, err)
		}
		var f frame
		if err := json.Unmarshal(content, &f); err != nil {
			t.Fatalf("%v: %s", err, content)
		}
		if f.Type == kind {
			return f
		}
	}
}

func (s socket) ask(t *testing.T, question, kind string) frame {
	t.Helper()
	if err := s.conn.Write(t.Context(), websocket.MessageText, []byte(question)); err != nil {
		t.Fatal(err)
	}
	return s.read(t, kind)
}

// expectHistory compares the history of the room lobby with what was delivered before.
func (s *stage) expectHistory(t *testing.T, token string, delivered []string) {
	t.Helper()
	bob := s.connect(t, token)
	epoch := bob.ask(t, `{"action":"hello"}`, "welcome").Positions["lobby"].Epoch
	kept := bob.ask(t, fmt.Sprintf(`{"action":"history","epoch":%q,"after":0}`, epoch), "history").Messages
	if len(kept) != len(delivered) {
		t.Fatalf("the history has %d messages, want %d", len(kept), len(delivered))
	}
	for n, line := range delivered {
		var message struct {
			ID   string
			Data json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if kept[n].ID != message.ID || string(kept[n].Data) != string(message.Data) {
			t.Errorf("message %d of the history is %s %s, want %s", n, kept[n].ID, kept[n].Data, line)
		}
	}
}
