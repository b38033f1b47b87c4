package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/client"
)

func TestABackendPublishesThroughTheQueue(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	var messages []client.Message
	for i := range 25 {
		messages = append(messages, client.Message{UserID: "backend", RoomID: room, Data: map[string]int{"n": i}})
	}
	ids := h.publish(t, messages...)
	got := s.receive(t, len(ids))
	numbers := map[int64]bool{}
	for i, id := range ids {
		m, arrived := got[id]
		if want := fmt.Sprintf(`{"n":%d}`, i); !arrived || string(m.Data) != want || m.RoomID != room || m.UserID != "backend" || m.Time == 0 {
			t.Errorf("message %d: got %+v, want the data %s", i, m, want)
		}
		numbers[m.Seq] = true
	}
	for n := range int64(len(ids)) {
		if !numbers[n+1] {
			t.Errorf("no message has the number %d: %v", n+1, numbers)
		}
	}
}

func TestAClientPublishesThroughItsSocket(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connect(t, "bob", room)
	if f := ada.ask(t, `{"action":"sendMessage","ref":"1","data":"hello"}`); f.Type != "ok" || f.Ref != "1" {
		t.Errorf("got %+v", f)
	}
	if m := bob.expect(t, "hello"); m.UserID != "ada" || m.RoomID != room {
		t.Errorf("got %+v", m)
	}
}

// A message that is sent again under its id, as after a lost connection, is the same message to its receivers.
func TestAMessageSentAgainKeepsItsID(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connect(t, "bob", room)
	for range 2 {
		if f := ada.ask(t, `{"action":"sendMessage","id":"mine","data":"hello"}`); f.Type != "ok" {
			t.Fatalf("got %+v", f)
		}
	}
	if f := bob.ask(t, `{"action":"sendMessage","id":"mine","data":"mine too"}`); f.Type != "ok" {
		t.Fatalf("got %+v", f)
	}
	h.say(t, room, "end")
	texts := map[string]int{}
	for id, m := range bob.receive(t, 3) {
		texts[m.text()]++
		if id == "mine" {
			t.Error("the id that a client chose is used as it is: another client could take it")
		}
	}
	if texts["hello"] != 1 || texts["mine too"] != 1 || texts["end"] != 1 {
		t.Errorf("by their ids there are %v", texts)
	}
}

func TestEveryTextArrivesAsItIs(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connectClassic(t, "bob", room)
	for _, text := range []string{"Zürich 🚀", "<b>&amp;</b>", "a\"b\\c\n\t\u2028", "さくら", "\u0000\u0007", ""} {
		h.say(t, room, text)
		ada.expect(t, text)
		content, err := bob.raw()
		var m message
		if err != nil || json.Unmarshal(content, &m) != nil || m.text() != text {
			t.Errorf("the classic client got %s, %v, want %q", content, err, text)
		}
	}
}

func TestAClassicClientGetsOneObjectAFrame(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connectClassic(t, "ada", room)
	if got := s.conn.Subprotocol(); got != "" {
		t.Errorf("the hub chose the subprotocol %q for a client that offered none", got)
	}
	h.publish(t, client.Message{UserID: "backend", RoomID: room, Data: "a"}, client.Message{UserID: "backend", RoomID: room, Data: "b"})
	receive := func() (userID, data string) {
		content, err := s.raw()
		if err != nil {
			t.Fatal(err)
		}
		var one struct {
			UserID string `json:"user_id"`
			Data   string `json:"data"`
			Type   *string
		}
		if err := json.Unmarshal(content, &one); err != nil || one.Data == "" || one.Type != nil {
			t.Fatalf("got %s, %v", content, err)
		}
		return one.UserID, one.Data
	}
	texts := map[string]bool{}
	for len(texts) < 2 {
		user, text := receive()
		if user != "backend" {
			t.Errorf("got %q of %q", text, user)
		}
		texts[text] = true
	}
	s.send(t, `{"action":"sendMessage","data":"c"}`) // is not answered, not even with an empty frame
	if user, text := receive(); user != "ada" || text != "c" {
		t.Errorf("got %q of %q", text, user)
	}
}

// What another room hears has been delivered whole before the marker is published, so nothing of it is on its way.
func TestOtherRoomsHearNothing(t *testing.T) {
	t.Parallel()
	h, room, other := shared(t), newRoom(), newRoom()
	inside, outside := h.connect(t, "ada", room), h.connect(t, "ada", other)
	classic := h.connectClassic(t, "bob", other)
	h.say(t, room, "secret")
	inside.expect(t, "secret")
	h.say(t, other, "marker")
	outside.expect(t, "marker")
	content, err := classic.raw()
	var m message
	if err != nil || json.Unmarshal(content, &m) != nil || m.text() != "marker" {
		t.Errorf("the classic client got %s, %v", content, err)
	}
}

func TestAMessageToOneUserReachesThatUserOnly(t *testing.T) {
	t.Parallel()
	h, room, other := shared(t), newRoom(), newRoom()
	ada, tab, bob, elsewhere := h.connect(t, "ada", room), h.connect(t, "ada", room), h.connect(t, "bob", room), h.connect(t, "ada", other)
	h.publish(t, client.Message{UserID: "backend", RoomID: room, ToUserID: "ada", Data: "for ada"})
	ada.expect(t, "for ada")
	tab.expect(t, "for ada")
	h.say(t, room, "marker")
	h.say(t, other, "marker")
	for _, s := range []*socket{ada, tab, bob, elsewhere} {
		s.expect(t, "marker")
	}
	// History is as discreet.
	if f := bob.ask(t, `{"action":"history","after":0}`); len(f.Messages) != 1 || f.Messages[0].text() != "marker" {
		t.Errorf("bob's history is %+v", f)
	}
	if f := ada.ask(t, `{"action":"history","after":0}`); len(f.Messages) != 2 {
		t.Errorf("ada's history is %+v", f)
	}
}

func TestEachTabOfAUserHears(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	token := h.token(t, "ada", room)
	first, second, third := h.connectWith(t, token), h.connectWith(t, token), h.connect(t, "ada", room)
	h.say(t, room, "hello")
	for _, s := range []*socket{first, second, third} {
		s.expect(t, "hello")
	}
}

func TestASenderCannotForgeItsIdentity(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connect(t, "bob", room)
	if f := ada.ask(t, `{"action":"sendMessage","user_id":"bob","from":"bob","sender":{"user_id":"bob"},"data":"hello"}`); f.Type != "ok" {
		t.Errorf("got %+v", f)
	}
	if m := bob.expect(t, "hello"); m.UserID != "ada" {
		t.Errorf("the message is said to come from %q", m.UserID)
	}
}

func TestAForeignRoomIsRefused(t *testing.T) {
	t.Parallel()
	h, room, foreign := shared(t), newRoom(), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connect(t, "bob", foreign)
	for name, text := range map[string]string{
		"to publish into": `{"action":"sendMessage","ref":"1","room_id":%q,"data":"intrusion"}`,
		"to read":         `{"action":"history","ref":"1","room_id":%q,"after":0}`,
	} {
		f := ada.ask(t, fmt.Sprintf(text, foreign))
		if want := fmt.Sprintf("the token does not open room %q", foreign); f.Type != "error" || f.Code != "forbidden" || f.Ref != "1" || f.Message != want {
			t.Errorf("%s: got %+v", name, f)
		}
	}
	h.say(t, foreign, "marker")
	bob.expect(t, "marker")
}

// An operator asks the clients of a room to renew their connections; classic ones would not understand it.
func TestARoomIsAskedToReconnect(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	ada, bob := h.connect(t, "ada", room), h.connectClassic(t, "bob", room)
	if err := h.publisher.AskToReconnect(t.Context(), room, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	if f := ada.next(t); f.Type != "reconnect" || f.Within != 30 {
		t.Errorf("got %+v", f)
	}
	h.say(t, room, "marker")
	if m := ada.expect(t, "marker"); m.Seq != 1 {
		t.Errorf("the notice took a number: %+v", m)
	}
	if content, err := bob.raw(); err != nil || !bytes.Contains(content, []byte("marker")) {
		t.Errorf("the classic client got %s, %v", content, err)
	}
}
