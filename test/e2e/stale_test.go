package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	management "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// rows lists the ids of a room's connections.
func (h *hub) rows(t *testing.T, room string) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	pages := dynamodb.NewQueryPaginator(h.dynamo, h.roomQuery(room))
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			_, id, _ := strings.Cut(item["connection_id"].(*types.AttributeValueMemberS).Value, ":")
			ids[id] = true
		}
	}
	return ids
}

// roomQuery asks for the rows of a room's connections.
func (h *hub) roomQuery(room string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName: &h.connections, KeyConditionExpression: aws.String("room_id = :r"), ConsistentRead: aws.Bool(true),
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": &types.AttributeValueMemberS{Value: room}},
	}
}

// id asks the hub for the connection's id.
func (s *socket) id(t *testing.T) string {
	t.Helper()
	return s.ask(t, `{"action":"hello"}`).ConnectionID
}

func TestAClosedSocketLeavesItsRoom(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	stays, leaves, lost := h.connect(t, "ada", room), h.connect(t, "ada", room), h.connect(t, "bob", room)
	if rows := h.rows(t, room); len(rows) != 3 {
		t.Fatalf("three sockets have the rows %v", rows)
	}
	leaves.conn.Close(1000, "bye") //nolint:errcheck // what matters is the row
	lost.conn.CloseNow()           //nolint:errcheck // what matters is the row
	id := stays.id(t)
	eventually(t, func() error {
		if rows := h.rows(t, room); len(rows) != 1 || !rows[id] {
			return fmt.Errorf("the rows are %v, want %s alone", rows, id)
		}
		return nil
	})
}

// AWS tells of a closed socket at best: whom it did not tell of is found gone by the next message.
func TestAStaleConnectionIsCleanedByTheNextMessage(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connect(t, "bob", room)
	adaID, bobID := ada.id(t), bob.id(t)
	h.inject(t, fault{Service: "lambda", Function: h.disconnect, Kind: "error"})

	// An operator closes the connection; the function that should take its row out cannot.
	if _, err := h.management.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &adaID}); err != nil {
		t.Fatal(err)
	}
	if content, err := ada.raw(); err == nil {
		t.Fatalf("the closed socket got %s", content)
	}
	_, err := h.management.GetConnection(t.Context(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &adaID})
	if gone := (*management.GoneException)(nil); !errors.As(err, &gone) {
		t.Errorf("the connection is still known: %v", err)
	}
	if rows := h.rows(t, room); !rows[adaID] || !rows[bobID] {
		t.Fatalf("the rows are %v, want both", rows)
	}
	h.say(t, room, "anybody here?")
	bob.expect(t, "anybody here?")
	eventually(t, func() error {
		if rows := h.rows(t, room); len(rows) != 1 || !rows[bobID] {
			return fmt.Errorf("the rows are %v, want %s alone", rows, bobID)
		}
		return nil
	})

	// The same by a network that is lost in the middle of a post.
	cleo := h.connect(t, "cleo", room)
	cleo.id(t)
	h.inject(t, fault{Service: "socket", Kind: "close", Count: 1})
	h.say(t, room, "one of you is cut")
	eventually(t, func() error {
		if rows := h.rows(t, room); len(rows) != 1 {
			return fmt.Errorf("the rows are %v, want one", rows)
		}
		return nil
	})
	survivor := bob
	if !h.rows(t, room)[bobID] {
		survivor = cleo
	}
	survivor.expect(t, "one of you is cut")
	if fired := h.heal(t); fired[0] == 0 || fired[1] != 1 {
		t.Errorf("the faults struck %v times", fired)
	}
}

// An operator's post reaches the client as it is, and no function is asked.
func TestAnOperatorSpeaksToOneConnection(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	id := s.id(t)
	if _, err := h.management.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(`{"type":"notice"}`)}); err != nil {
		t.Fatal(err)
	}
	if f := s.next(t); f.Type != "notice" {
		t.Errorf("got %+v", f)
	}
	// Whoever is not signed in may not.
	response, err := http.Post("http"+h.socketURL[len("ws"):]+"/@connections/"+id, "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("an unsigned post got %s", response.Status)
	}
}
