package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/queue/queuetest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/session"
)

var (
	discard = slog.New(slog.DiscardHandler)
	ann     = hub.Caller{ConnectionID: "c1", UserID: "ann", RoomID: "orders", Protocol: contract.Subprotocol, ExpiresAt: 9, ConnectedAt: time.UnixMilli(1_700_000_000_123)}
	classic = hub.Caller{ConnectionID: "c2", UserID: "ann", RoomID: "orders"}
)

func TestJoin(t *testing.T) {
	t.Parallel()
	t.Run("remembers the connection", func(t *testing.T) {
		t.Parallel()
		table := &hubtest.Connections{}
		if err := (session.Joiner{Connections: table}).Join(context.Background(), ann); err != nil {
			t.Fatal(err)
		}
		want := hub.Connection{ID: "c1", RoomID: "orders", UserID: "ann", Protocol: contract.Subprotocol, ConnectedAt: ann.ConnectedAt}
		if got := first(t, table); got != want {
			t.Errorf("got %+v", got)
		}
	})
	for _, c := range []struct {
		name   string
		caller hub.Caller
		fail   error
		is     error
		want   string
	}{
		{"refuses a caller without user", hub.Caller{RoomID: "r"}, nil, session.ErrNoIdentity, "session: join: connection without identity"},
		{"refuses a caller without room", hub.Caller{UserID: "u"}, nil, session.ErrNoIdentity, "session: join: connection without identity"},
		{"fails with the table", ann, hubtest.ErrDown, hubtest.ErrDown, `session: join room "orders": service is down`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table := &hubtest.Connections{Fail: c.fail}
			err := (session.Joiner{Connections: table}).Join(context.Background(), c.caller)
			if !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func first(t *testing.T, table *hubtest.Connections) (found hub.Connection) {
	t.Helper()
	if err := table.Each(context.Background(), "orders", "", func(page []hub.Connection) error { found = page[0]; return nil }); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLeave(t *testing.T) {
	t.Parallel()
	t.Run("forgets the connection and no other", func(t *testing.T) {
		t.Parallel()
		table := &hubtest.Connections{}
		for _, caller := range []hub.Caller{ann, classic} {
			if err := (session.Joiner{Connections: table}).Join(context.Background(), caller); err != nil {
				t.Fatal(err)
			}
		}
		if err := (session.Leaver{Connections: table}).Leave(context.Background(), ann); err != nil {
			t.Fatal(err)
		}
		if got := first(t, table); got.ID != "c2" {
			t.Errorf("left is %+v", got)
		}
	})
	t.Run("refuses a caller without room", func(t *testing.T) {
		t.Parallel()
		if err := (session.Leaver{}).Leave(context.Background(), hub.Caller{}); !errors.Is(err, session.ErrNoIdentity) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("fails with the table", func(t *testing.T) {
		t.Parallel()
		err := (session.Leaver{Connections: &hubtest.Connections{Fail: hubtest.ErrDown}}).Leave(context.Background(), ann)
		if err == nil || err.Error() != `session: leave room "orders": service is down` {
			t.Errorf("got %v", err)
		}
	})
}

func TestPublish(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		caller hub.Caller
		body   string
		answer string
		queued string
	}{
		{
			"puts what a client says on the queue, in its room", ann, `{"action":"sendMessage","ref":"1","data":{"text":"<hi>"}}`,
			`{"type":"ok","ref":"1"}`, `{"id":"new","user_id":"ann","room_id":"orders","data":{"text":"<hi>"}}`,
		},
		{"answers a hermes.v1 client without ref too", ann, `{"data":1}`, `{"type":"ok"}`, `{"id":"new","user_id":"ann","room_id":"orders","data":1}`},
		{"does not answer a classic client", classic, `{"action":"sendMessage","data":1}`, ``, `{"id":"new","user_id":"ann","room_id":"orders","data":1}`},
		{"answers a classic client that waits", classic, `{"ref":"1","data":1}`, `{"type":"ok","ref":"1"}`, `{"id":"new","user_id":"ann","room_id":"orders","data":1}`},
		{"takes the sender from the context, never from the frame", ann, `{"user_id":"admin","data":1}`, `{"type":"ok"}`, `{"id":"new","user_id":"ann","room_id":"orders","data":1}`},
		{"takes no data for null", ann, `{}`, `{"type":"ok"}`, `{"id":"new","user_id":"ann","room_id":"orders","data":null}`},
		{"accepts the room of the token by name", ann, `{"room_id":"orders","data":1}`, `{"type":"ok"}`, `{"id":"new","user_id":"ann","room_id":"orders","data":1}`},
		{"refuses any other room", ann, `{"ref":"1","room_id":"admin","data":1}`, `{"type":"error","ref":"1","code":"forbidden","message":"the token does not open room \"admin\""}`, ``},
		{"refuses a caller without identity", hub.Caller{}, `{"data":1}`, `{"type":"error","code":"forbidden","message":"the token does not open room \"\""}`, ``},
		{"refuses to address one user", ann, `{"to_user_id":"bob","data":1}`, `{"type":"error","code":"forbidden","message":"to_user_id is for backends: a client speaks to its room"}`, ``},
		{"refuses what is not JSON", classic, `hello`, `{"type":"error","code":"bad_request","message":"frame is not one JSON object"}`, ``},
		{"refuses a wrong type and repeats the ref", ann, `{"ref":"1","id":5}`, `{"type":"error","ref":"1","code":"bad_request","message":"invalid field: id must not be a number"}`, ``},
		{"refuses what no frame can hold", ann, `{"ref":"1","data":"` + strings.Repeat("x", 32_000) + `"}`, `{"type":"error","ref":"1","code":"too_large","message":"message is too large: its frame has 33049 bytes, at most 32000 are allowed"}`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			intake := &queuetest.Queue{}
			answer := session.Publisher{Intake: intake, NewID: func() string { return "new" }, Log: discard}.Publish(context.Background(), c.caller, []byte(c.body))
			if string(answer) != c.answer {
				t.Errorf("answered %s", answer)
			}
			sent := intake.Sent()
			if c.queued == "" {
				if len(sent) != 0 {
					t.Errorf("queued %+v", sent)
				}
				return
			}
			if len(sent) != 1 || sent[0].Body != c.queued || sent[0].Group != queue.Group("orders") {
				t.Errorf("queued %+v", sent)
			}
		})
	}
	t.Run("gives a resend the same id, and another user another", func(t *testing.T) {
		t.Parallel()
		intake := &queuetest.Queue{}
		publisher := session.Publisher{Intake: intake, NewID: func() string { return "new" }, Log: discard}
		bob := ann
		bob.UserID = "bob"
		for _, caller := range []hub.Caller{ann, ann, bob} {
			publisher.Publish(context.Background(), caller, []byte(`{"id":"7","data":1}`))
		}
		var ids []string
		for _, m := range intake.Sent() {
			p, err := contract.ParsePublication([]byte(m.Body))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID)
		}
		if ids[0] != hub.ClientMessageID("ann", "7") || ids[1] != ids[0] || ids[2] == ids[0] {
			t.Errorf("ids %q", ids)
		}
	})
	t.Run("says when the queue is down", func(t *testing.T) {
		t.Parallel()
		intake := &queuetest.Queue{Refuse: func(queue.Message) error { return hubtest.ErrDown }}
		answer := session.Publisher{Intake: intake, NewID: func() string { return "new" }, Log: discard}.Publish(context.Background(), classic, []byte(`{"ref":"1","data":1}`))
		if string(answer) != `{"type":"error","ref":"1","code":"unavailable","message":"the message could not be queued: send it again"}` {
			t.Errorf("answered %s", answer)
		}
	})
}

func TestRespond(t *testing.T) {
	t.Parallel()
	const known = "known actions are hello, history, ping, sendMessage"
	for _, c := range []struct{ name, body, answer string }{
		{
			"hello is welcomed with the room's position", `{"action":"hello","ref":"1"}`,
			`{"type":"welcome","ref":"1","connection_id":"c1","user_id":"ann","rooms":["orders"],"expires_at":9,"positions":{"orders":{"epoch":"epoch-of-orders","seq":3}}}`,
		},
		{"ping gets pong with the room's position", `{"action":"ping","ref":"1"}`, `{"type":"pong","ref":"1","positions":{"orders":{"epoch":"epoch-of-orders","seq":3}}}`},
		{"an unknown action is named, and the known ones", `{"action":"dance","ref":"1"}`, `{"type":"error","ref":"1","code":"unknown_action","message":"unknown action \"dance\"; ` + known + `"}`},
		{"no action is an unknown one", `{}`, `{"type":"error","code":"unknown_action","message":"unknown action \"\"; ` + known + `"}`},
		{"what is not JSON is told the known actions", `hello`, `{"type":"error","code":"bad_request","message":"frame is not one JSON object; ` + known + `"}`},
		{"a wrong type is named", `{"action":"history","after":"1"}`, `{"type":"error","code":"bad_request","message":"invalid field: after must not be a string"}`},
		{"the history of another room is refused", `{"action":"history","room_id":"admin"}`, `{"type":"error","code":"forbidden","message":"the token does not open room \"admin\""}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPast()
			p.say(t, make([]hub.Message, 3)...)
			got := p.responder().Respond(context.Background(), ann, []byte(c.body))
			if string(got) != c.answer {
				t.Errorf("got  %s\nwant %s", got, c.answer)
			}
		})
	}
	t.Run("a room without messages is at its beginning", func(t *testing.T) {
		t.Parallel()
		got := newPast().responder().Respond(context.Background(), ann, []byte(`{"action":"hello"}`))
		var welcome struct{ Positions map[string]hub.Position }
		if err := json.Unmarshal(got, &welcome); err != nil || welcome.Positions["orders"] != (hub.Position{}) || len(welcome.Positions) != 1 {
			t.Errorf("got %s", got)
		}
	})
	for _, action := range []string{"hello", "ping", "history"} {
		t.Run(action+" says when the table is down", func(t *testing.T) {
			t.Parallel()
			p := newPast()
			p.rows.Fail = func(string, string) error { return hubtest.ErrDown }
			got := p.responder().Respond(context.Background(), ann, []byte(`{"action":"`+action+`","ref":"1"}`))
			if string(got) != `{"type":"error","ref":"1","code":"unavailable","message":"the hub could not answer: ask again"}` {
				t.Errorf("got %s", got)
			}
		})
	}
}
