package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/session"
)

// A past is what happened in room "orders".
type past struct {
	rooms   *hubtest.Rooms
	history *hubtest.Messages
	clock   *clock.Fake
}

func newPast() past {
	clock := clock.NewFake()
	return past{rooms: &hubtest.Rooms{}, history: &hubtest.Messages{TTL: time.Hour, Now: clock.Now}, clock: clock}
}

// say numbers and keeps messages.
func (p past) say(t *testing.T, messages ...hub.Message) {
	t.Helper()
	for _, m := range messages {
		position, err := p.rooms.Reserve(context.Background(), "orders", 1)
		if err != nil {
			t.Fatal(err)
		}
		m.Seq, m.RoomID, m.ID = position.Seq, "orders", fmt.Sprint("m", position.Seq)
		if m.Data == nil {
			m.Data = json.RawMessage(`1`)
		}
		if err := p.history.Keep(context.Background(), []hub.Message{m}); err != nil {
			t.Fatal(err)
		}
	}
}

// lose takes a number that no message ever has.
func (p past) lose(t *testing.T) {
	t.Helper()
	if _, err := p.rooms.Reserve(context.Background(), "orders", 1); err != nil {
		t.Fatal(err)
	}
}

// An answer is a history frame, as a client reads it.
type answer struct {
	Type     string
	Epoch    string
	Messages []hub.Message
	Seq      int64
	More     bool
	Reset    bool
}

func (p past) ask(t *testing.T, epoch string, after int64) answer {
	t.Helper()
	responder := session.Responder{Rooms: p.rooms, History: p.history, Log: discard}
	frame := responder.Respond(context.Background(), ann, fmt.Appendf(nil, `{"action":"history","epoch":%q,"after":%d}`, epoch, after))
	if len(frame) > contract.MaxFrameBytes {
		t.Errorf("the frame has %d bytes", len(frame))
	}
	var a answer
	if err := json.Unmarshal(frame, &a); err != nil || a.Type != "history" {
		t.Fatalf("got %s, %v", frame, err)
	}
	return a
}

func (a answer) String() string {
	var seqs []string
	for _, m := range a.Messages {
		seqs = append(seqs, fmt.Sprint(m.Seq))
	}
	return fmt.Sprintf("[%s] seq %d more %v reset %v", strings.Join(seqs, " "), a.Seq, a.More, a.Reset)
}

const epoch = "epoch-of-orders"

func TestHistory(t *testing.T) {
	t.Parallel()
	private := hub.Message{ToUserID: "bob"}
	forAnn := hub.Message{ToUserID: "ann"}
	for _, c := range []struct {
		name  string
		past  func(t *testing.T, p past)
		epoch string
		after int64
		want  string
	}{
		{"what was missed comes back", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 4)...) }, epoch, 2, "[3 4] seq 4 more false reset false"},
		{"who missed nothing gets nothing", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 4)...) }, epoch, 4, "[] seq 4 more false reset false"},
		{"from the beginning all comes", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, epoch, 0, "[1 2] seq 2 more false reset false"},
		{"a room without messages has none", func(*testing.T, past) {}, "", 0, "[] seq 0 more false reset false"},
		{"who was there before the first message continues", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, "", 1, "[2] seq 2 more false reset false"},
		{"what is for others is left out", func(t *testing.T, p past) { p.say(t, private, hub.Message{}, private, forAnn) }, epoch, 0, "[2 4] seq 4 more false reset false"},
		{"only what is for others moves the position on", func(t *testing.T, p past) { p.say(t, hub.Message{}, private, private) }, epoch, 1, "[] seq 3 more false reset false"},
		{"another epoch starts over with what there is", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, "older", 7, "[1 2] seq 2 more false reset true"},
		{"a position beyond the room's starts over", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, epoch, 7, "[1 2] seq 2 more false reset true"},
		{"a gap by expiry starts over with what there is", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.clock.Advance(time.Hour)
			p.say(t, make([]hub.Message, 2)...)
		}, epoch, 2, "[4 5] seq 5 more false reset true"},
		{"expiry just up to the position is no gap", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.clock.Advance(time.Hour)
			p.say(t, make([]hub.Message, 2)...)
		}, epoch, 3, "[4 5] seq 5 more false reset false"},
		{"everything expired starts over from where the room is", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.clock.Advance(time.Hour)
		}, epoch, 2, "[] seq 3 more false reset true"},
		{"a number that was never used is no gap", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 2)...)
			p.lose(t)
			p.say(t, hub.Message{})
		}, epoch, 2, "[4] seq 4 more false reset false"},
		{"a message that is on its way is waited for", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 2)...)
			p.lose(t)
		}, epoch, 2, "[] seq 2 more false reset false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPast()
			c.past(t, p)
			if got := p.ask(t, c.epoch, c.after).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestHistoryInSeveralFrames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		size int // of each message
		n    int
	}{
		{"small messages", 10, 900},
		{"messages of a kilobyte", 1000, 100},
		{"messages of which one fills a frame", 31_000, 5},
	} {
		t.Run(c.name+" all come back, once and in order", func(t *testing.T) {
			t.Parallel()
			p := newPast()
			for range c.n {
				p.say(t, hub.Message{UserID: "ann", Data: json.RawMessage(`"` + strings.Repeat("x", c.size) + `"`)})
			}
			var after, frames int64
			for more := true; more; frames++ {
				a := p.ask(t, epoch, after)
				if len(a.Messages) == 0 || a.Reset {
					t.Fatalf("after %d: got %s", after, a)
				}
				for _, m := range a.Messages {
					if after++; m.Seq != after {
						t.Fatalf("got %d, want %d", m.Seq, after)
					}
				}
				if a.Seq != after {
					t.Fatalf("the answer reaches %d and says %d", after, a.Seq)
				}
				more = a.More
			}
			if after != int64(c.n) || frames < 2 {
				t.Errorf("got %d messages in %d frames", after, frames)
			}
		})
	}
	t.Run("very many messages for others do not hold the client up", func(t *testing.T) {
		t.Parallel()
		p := newPast()
		for range 4500 {
			p.say(t, hub.Message{ToUserID: "bob"})
		}
		p.say(t, hub.Message{})
		first := p.ask(t, epoch, 0)
		if len(first.Messages) != 0 || !first.More || first.Seq != 4000 {
			t.Fatalf("got %s", first)
		}
		if second := p.ask(t, epoch, first.Seq); second.String() != "[4501] seq 4501 more false reset false" {
			t.Errorf("got %s", second)
		}
	})
	t.Run("a failing table is said", func(t *testing.T) {
		t.Parallel()
		p := newPast()
		p.say(t, hub.Message{})
		p.history.Fail = hubtest.ErrDown
		got := session.Responder{Rooms: p.rooms, History: p.history, Log: discard}.Respond(context.Background(), ann, []byte(`{"action":"history"}`))
		if !strings.Contains(string(got), `"code":"unavailable"`) {
			t.Errorf("got %s", got)
		}
	})
}
