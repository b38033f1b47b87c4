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
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/session"
)

// A past is what happened in room "orders".
type past struct {
	log   *roomlog.Log
	rows  *hubtest.Rows
	clock *clock.Fake
	said  *int
}

func newPast() past {
	p := past{rows: &hubtest.Rows{Retention: time.Hour}, clock: clock.NewFake(), said: new(int)}
	p.log = roomlog.New(roomlog.Config{Store: p.rows, Now: p.clock.Now, NewEpoch: func() string { return epoch }})
	return p
}

func (p past) responder() session.Responder {
	return session.Responder{Rows: p.rows, Now: p.clock.Now, Log: discard}
}

// say appends messages, each in a row of its own.
func (p past) say(t *testing.T, messages ...hub.Message) {
	t.Helper()
	for i := range messages {
		p.sayAtOnce(t, messages[i:i+1]...)
	}
}

// sayAtOnce appends messages in one row.
func (p past) sayAtOnce(t *testing.T, messages ...hub.Message) {
	t.Helper()
	for i := range messages {
		*p.said++
		m := &messages[i]
		m.ID = fmt.Sprint("m", *p.said)
		m.RecordID, m.RoomID, m.Time = m.ID, "orders", p.clock.Now().UnixMilli()
		if m.Data == nil {
			m.Data = json.RawMessage(`1`)
		}
	}
	appended, err := p.log.Append(context.Background(), "orders", messages)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.log.Hint(context.Background(), "orders", appended.Last); err != nil {
		t.Fatal(err)
	}
}

// deleteAll is what the time to live does in the end.
func (p past) deleteAll() {
	for _, row := range p.rows.Kept("orders") {
		p.rows.Delete("orders", row.First)
	}
}

// An answer is a history frame, as a client reads it.
type answer struct {
	Type     string
	Epoch    string
	Messages []hub.Message
	After    int64
	Seq      int64
	More     bool
	Reset    bool
}

func (p past) ask(t *testing.T, epoch string, after int64) answer {
	t.Helper()
	frame := p.responder().Respond(context.Background(), ann, fmt.Appendf(nil, `{"action":"history","epoch":%q,"after":%d}`, epoch, after))
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
	text := fmt.Sprintf("[%s] of (%d, %d]", strings.Join(seqs, " "), a.After, a.Seq)
	if a.More {
		text += " more"
	}
	if a.Reset {
		text += " reset"
	}
	return text
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
		{"what was missed comes back", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 4)...) }, epoch, 2, "[3 4] of (2, 4]"},
		{"who missed nothing gets nothing", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 4)...) }, epoch, 4, "[] of (4, 4]"},
		{"from the beginning all comes", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, epoch, 0, "[1 2] of (0, 2]"},
		{"from the middle of a row its rest comes", func(t *testing.T, p past) {
			p.sayAtOnce(t, make([]hub.Message, 3)...)
			p.sayAtOnce(t, make([]hub.Message, 2)...)
		}, epoch, 2, "[3 4 5] of (2, 5]"},
		{"a room without messages has none", func(*testing.T, past) {}, "", 0, "[] of (0, 0]"},
		{"who was there before the first message continues", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, "", 0, "[1 2] of (0, 2]"},
		{"nobody has a number without an epoch", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, "", 1, "[1 2] of (0, 2] reset"},
		{"what is for others is left out", func(t *testing.T, p past) { p.say(t, private, hub.Message{}, private, forAnn) }, epoch, 0, "[2 4] of (0, 4]"},
		{"only what is for others moves the position on", func(t *testing.T, p past) { p.say(t, hub.Message{}, private, private) }, epoch, 1, "[] of (1, 3]"},
		{"another epoch starts over with what there is", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, "older", 7, "[1 2] of (0, 2] reset"},
		{"a position beyond the room's starts over", func(t *testing.T, p past) { p.say(t, make([]hub.Message, 2)...) }, epoch, 7, "[1 2] of (0, 2] reset"},
		{"a room that has lost its numbers starts over", func(*testing.T, past) {}, epoch, 7, "[] of (0, 0] reset"},
		{"a gap by expiry starts over with what there is", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.clock.Advance(time.Hour)
			p.say(t, make([]hub.Message, 2)...)
		}, epoch, 2, "[4 5] of (3, 5] reset"},
		{"expiry just up to the position is no gap", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.clock.Advance(time.Hour)
			p.say(t, make([]hub.Message, 2)...)
		}, epoch, 3, "[4 5] of (3, 5]"},
		{"what has expired and was for others is no gap", func(t *testing.T, p past) {
			p.say(t, hub.Message{}, private)
			p.clock.Advance(time.Hour)
			p.say(t, hub.Message{})
		}, epoch, 1, "[3] of (1, 3]"},
		{"everything expired starts over from where the room is", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.clock.Advance(time.Hour)
		}, epoch, 2, "[] of (3, 3] reset"},
		{"everything deleted starts over from where the room is", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.deleteAll()
		}, epoch, 2, "[] of (3, 3] reset"},
		{"who has all of a room whose rows are deleted continues", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.deleteAll()
		}, epoch, 3, "[] of (3, 3]"},
		{"numbers go on after those that are deleted", func(t *testing.T, p past) {
			p.say(t, make([]hub.Message, 3)...)
			p.deleteAll()
			p.clock.Advance(2 * time.Hour)
			p.say(t, hub.Message{})
		}, epoch, 3, "[4] of (3, 4]"},
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
		for range 5000 {
			p.say(t, hub.Message{ToUserID: "bob"})
		}
		p.say(t, hub.Message{})
		first := p.ask(t, epoch, 0)
		if len(first.Messages) != 0 || !first.More || first.Seq < 4000 {
			t.Fatalf("got %s", first)
		}
		if second := p.ask(t, epoch, first.Seq); !strings.HasPrefix(second.String(), "[5001] of (") {
			t.Errorf("got %s", second)
		}
	})
	t.Run("a failing table is said", func(t *testing.T) {
		t.Parallel()
		p := newPast()
		p.say(t, hub.Message{})
		p.rows.Fail = func(operation, _ string) error {
			if operation == "Since" {
				return hubtest.ErrDown
			}
			return nil
		}
		got := p.responder().Respond(context.Background(), ann, []byte(`{"action":"history"}`))
		if !strings.Contains(string(got), `"code":"unavailable"`) {
			t.Errorf("got %s", got)
		}
	})
}
