package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"

	"github.com/hermes-cdk/hermes/client"
)

// What goes wrong on AWS is made to go wrong here. Whatever it is, every message reaches everybody at least once, under
// one id.
func TestNothingIsLostWhen(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	for _, c := range []struct {
		name  string
		rules []fault
		// sockets and messages of the room.
		sockets, messages int
	}{
		{"queues repeat, reorder and are late, and functions start cold", []fault{ // first, as nothing runs yet
			{Service: "sqs", Function: h.broadcast, Kind: "duplicate", Share: 0.3, WindowMS: 500, Seed: 7},
			{Service: "sqs", Function: h.broadcast, Kind: "reorder", Share: 0.3, WindowMS: 500, Seed: 8},
			{Service: "sqs", Function: h.broadcast, Kind: "late", Share: 0.3, WindowMS: 500, Seed: 9},
			{Service: "lambda", Function: h.broadcast, Kind: "cold_start"},
		}, 5, 60},
		{"functions are killed mid-way", []fault{
			{Service: "lambda", Function: h.broadcast, Kind: "kill", Count: 3},
			// The kill comes a moment after the start; this keeps the function at work until then.
			{Service: "dynamodb", Function: h.broadcast, Kind: "delay", DelayMS: 20, Count: 20},
		}, 5, 60},
		{"posts are throttled and fail", []fault{
			{Service: "execute-api", Action: "PostToConnection", Kind: "throttle", Share: 0.3, Count: 150, Seed: 1},
			{Service: "execute-api", Action: "PostToConnection", Kind: "error", Share: 0.3, Count: 100, Seed: 2},
		}, 20, 100},
		{"answers to posts are lost", []fault{
			{Service: "execute-api", Action: "PostToConnection", Kind: "drop", Share: 0.5, Count: 20, Seed: 3},
		}, 5, 60},
		{"tables fail", []fault{
			{Service: "dynamodb", Function: h.broadcast, Kind: "error", Share: 0.4, Count: 30, Seed: 4},
			{Service: "dynamodb", Function: h.broadcast, Kind: "throttle", Share: 0.2, Count: 30, Seed: 5},
		}, 5, 60},
		{"queues fail", []fault{
			{Service: "sqs", Kind: "error", Share: 0.3, Count: 20, Seed: 6},
		}, 5, 60},
	} {
		t.Run(c.name, func(t *testing.T) {
			room := newRoom()
			token := h.token(t, "ada", room)
			var all []*socket
			for range c.sockets {
				all = append(all, h.connectWith(t, token))
			}
			h.inject(t, c.rules...)
			ids := h.publish(t, many(room, c.messages)...)
			for i, s := range all {
				got := s.receive(t, c.messages)
				for _, id := range ids {
					if _, arrived := got[id]; !arrived {
						t.Errorf("socket %d did not get message %s", i, id)
					}
				}
				if len(got) != len(ids) {
					t.Errorf("socket %d got %d messages of %d", i, len(got), len(ids))
				}
			}
			for i, fired := range h.heal(t) {
				if fired == 0 {
					t.Errorf("rule %+v never struck", c.rules[i])
				}
			}
		})
	}
}

// A room above 250 connections is delivered in chunks, by workers that meet failures of their own.
func TestALargeRoomIsReachedWholeThoughMuchFails(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t), newRoom()
	crowd := h.crowd(t, room, 300)
	h.inject(t,
		fault{Service: "lambda", Function: h.disconnect, Kind: "error"},
		fault{Service: "lambda", Function: h.deliver, Kind: "throttle", Count: 1},
		fault{Service: "lambda", Function: h.deliver, Kind: "kill", Count: 1},
		fault{Service: "execute-api", Action: "PostToConnection", Function: h.deliver, Kind: "error", Share: 0.5, Count: 200},
	)
	for _, s := range crowd[:5] {
		id := s.id(t)
		if _, err := h.management.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id}); err != nil {
			t.Fatal(err)
		}
	}
	h.say(t, room, "to all")
	for _, s := range crowd[5:] {
		s.expect(t, "to all")
	}
	eventually(t, func() error {
		if n := len(h.rows(t, room)); n != len(crowd)-5 {
			return fmt.Errorf("%d rows are left", n)
		}
		return nil
	})
	if fired := h.heal(t); fired[1] != 1 || fired[2] != 1 || fired[3] != 200 {
		t.Errorf("the faults struck %v times", fired)
	}
}

// A connection that nothing can be delivered to is closed, so that its client comes back and recovers.
func TestAConnectionThatIsGivenUpIsClosed(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t), newRoom()
	s := h.connect(t, "ada", room)
	id := s.id(t)
	h.inject(t, fault{Service: "execute-api", Action: "PostToConnection", Kind: "error"})
	// The last attempt of a chunk, as the attempts before it leave it.
	h.put(t, h.fanout, fmt.Sprintf(`{"room_id":%q,"epoch":"e","seq":1,"messages":[{"id":"m","room_id":%[1]q,"seq":1,"data":1}],`+
		`"connections":[{"id":%q,"protocol":"hermes.v1","connected_at":1}],"attempt":5}`, room, id))
	if content, err := s.raw(); err == nil {
		t.Fatalf("the socket got %s", content)
	}
	eventually(t, func() error {
		if rows := h.rows(t, room); len(rows) != 0 {
			return fmt.Errorf("the rows are %v, want none", rows)
		}
		return nil
	})
}

// many makes messages for a room.
func many(room string, n int) []client.Message {
	messages := make([]client.Message, n)
	for i := range messages {
		messages[i] = client.Message{UserID: "backend", RoomID: room, Data: i}
	}
	return messages
}
