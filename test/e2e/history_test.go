package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/client"
)

func TestWhatWasMissedComesBackByHistory(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	watcher := h.connect(t, "bob", room)
	ada := h.connect(t, "ada", room)
	h.say(t, room, "seen")
	ada.expect(t, "seen")
	watcher.expect(t, "seen")
	at := ada.ask(t, `{"action":"hello"}`).Positions[room]
	ada.conn.CloseNow() //nolint:errcheck // it is a lost connection

	// Twelve messages of 10 KB do not fit one frame of 32 KB.
	var missed []client.Message
	for i := range 12 {
		missed = append(missed, client.Message{UserID: "backend", RoomID: room, Data: fmt.Sprint(i, strings.Repeat("x", 10_000))})
	}
	h.publish(t, missed...)
	watcher.receive(t, len(missed)+1)

	ada = h.connect(t, "ada", room)
	after, frames := at.Seq, 0
	for more := true; more; frames++ {
		f := ada.ask(t, fmt.Sprintf(`{"action":"history","ref":"h","epoch":%q,"after":%d}`, at.Epoch, after))
		if f.Type != "history" || f.Ref != "h" || f.RoomID != room || f.Epoch != at.Epoch || f.Reset || len(f.Messages) == 0 {
			t.Fatalf("got %+v", f)
		}
		for _, m := range f.Messages {
			if after++; m.Seq != after {
				t.Fatalf("message %d came after %d", m.Seq, after-1)
			}
			ada.seen[m.ID] = m
		}
		more = f.More
	}
	if len(ada.seen) != len(missed) || frames < 4 {
		t.Errorf("%d messages came back in %d frames, want %d", len(ada.seen), frames, len(missed))
	}
	for id := range ada.seen {
		if _, live := watcher.seen[id]; !live {
			t.Errorf("history tells of %s, which was never delivered", id)
		}
	}
}

func TestAClientOfAnotherEpochStartsAnew(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	h.say(t, room, "one")
	s.expect(t, "one")
	if f := s.ask(t, `{"action":"history","epoch":"of another life","after":40}`); !f.Reset || len(f.Messages) != 1 || f.Seq != 1 {
		t.Errorf("got %+v", f)
	}
}
