package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func TestAClientConnectsWithItsTokenInTheSubprotocol(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	if got := s.conn.Subprotocol(); got != contract.Subprotocol {
		t.Errorf("the hub chose the subprotocol %q, want %q", got, contract.Subprotocol)
	}
	id := h.say(t, room, "hello")
	if m := s.expect(t, "hello"); m.ID != id || m.RoomID != room || m.UserID != "backend" || m.Seq != 1 {
		t.Errorf("got %+v, want message %s", m, id)
	}
}

func TestAClientConnectsWithItsTokenInTheQuery(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.open(t, "?token="+h.token(t, "ada", room), contract.Subprotocol)
	if got := s.conn.Subprotocol(); got != contract.Subprotocol {
		t.Errorf("the hub chose the subprotocol %q, want %q", got, contract.Subprotocol)
	}
	h.say(t, room, "hello")
	s.expect(t, "hello")
}

func TestHelloTellsWhoIsWhereAndHowFarTheRoomIs(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	first := s.ask(t, `{"action":"hello","ref":"1"}`)
	if first.Type != "welcome" || first.Ref != "1" || first.UserID != "ada" || !slices.Equal(first.Rooms, []string{room}) || first.ConnectionID == "" {
		t.Errorf("got %+v", first)
	}
	if left := time.Until(time.Unix(first.ExpiresAt, 0)); left > time.Hour || left < time.Hour-2*patience {
		t.Errorf("the token is said to expire in %v", left)
	}
	if at := first.Positions[room]; at.Seq != 0 {
		t.Errorf("a new room is at %+v", at)
	}
	h.say(t, room, "one")
	s.expect(t, "one")
	if at := s.ask(t, `{"action":"hello"}`).Positions[room]; at.Seq != 1 || at.Epoch == "" {
		t.Errorf("after one message the room is at %+v", at)
	}
}

func TestPingIsAnsweredByPong(t *testing.T) {
	t.Parallel()
	s := shared(t).connect(t, "ada", newRoom())
	if f := s.ask(t, `{"action":"ping","ref":"7"}`); f.Type != "pong" || f.Ref != "7" {
		t.Errorf("got %+v", f)
	}
}

func TestAnUnknownActionIsAnsweredWithTheKnownOnes(t *testing.T) {
	t.Parallel()
	h := shared(t)
	for name, s := range map[string]*socket{
		"to a client of the protocol": h.connect(t, "ada", newRoom()),
		"to a classic client":         h.connectClassic(t, "ada", newRoom()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := s.ask(t, `{"action":"dance","ref":"1"}`)
			want := `unknown action "dance"; known actions are hello, history, ping, sendMessage`
			if f.Type != "error" || f.Ref != "1" || f.Code != "unknown_action" || f.Message != want {
				t.Errorf("got %+v", f)
			}
			if f := s.ask(t, `no JSON`); f.Type != "error" || f.Code != "bad_request" {
				t.Errorf("got %+v", f)
			}
		})
	}
}
