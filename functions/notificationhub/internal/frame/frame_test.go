package frame_test

import (
	"encoding/json"
	"sort"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

func message(seq int64, data string) hub.Message {
	return hub.Message{ID: "m", RoomID: "r", Seq: seq, UserID: "u", Time: 5, Data: json.RawMessage(data), ToUserID: "hidden"}
}

func TestFor(t *testing.T) {
	t.Parallel()
	two := hub.Delivery{RoomID: "r", Epoch: "e", After: 0, Seq: 3, Messages: []hub.Message{message(1, `{"a":"<b>"}`), message(2, `null`)}}

	t.Run("packs hermes.v1 messages into one frame", func(t *testing.T) {
		t.Parallel()
		frames, err := frame.For(contract.Subprotocol, two)
		if err != nil || len(frames) != 1 || frames[0].Messages != 2 {
			t.Fatalf("got %v, %v", frames, err)
		}
		const want = `{"type":"messages","room_id":"r","epoch":"e","after":0,"messages":[` +
			`{"id":"m","room_id":"r","seq":1,"user_id":"u","time":5,"data":{"a":"<b>"}},` +
			`{"id":"m","room_id":"r","seq":2,"user_id":"u","time":5,"data":null}],"seq":3}`
		if got := string(frames[0].Body); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("gives a classic client one object a frame", func(t *testing.T) {
		t.Parallel()
		frames, err := frame.For("", two)
		if err != nil || len(frames) != 2 || frames[0].Messages != 1 {
			t.Fatalf("got %v, %v", frames, err)
		}
		const want = `{"user_id":"u","data":{"a":"<b>"},"room_id":"r","id":"m","seq":1,"time":5}`
		if got := string(frames[0].Body); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("begins a new frame before 32 KB and loses nothing", func(t *testing.T) {
		t.Parallel()
		var many []hub.Message
		for seq := range int64(500) {
			many = append(many, message(seq+1, `"`+strings.Repeat("x", int(seq))+`"`))
		}
		frames, err := frame.For(contract.Subprotocol, hub.Delivery{RoomID: "r", After: -7, Seq: 507, Messages: many})
		if err != nil {
			t.Fatal(err)
		}
		var next, covered int64 = 1, -7
		for i, f := range frames {
			if len(f.Body) > contract.MaxFrameBytes {
				t.Errorf("frame %d has %d bytes", i, len(f.Body))
			}
			var got struct {
				After, Seq int64
				Messages   []hub.Message
			}
			if err := json.Unmarshal(f.Body, &got); err != nil || len(got.Messages) != f.Messages {
				t.Fatalf("frame %d: %v, %d messages, said to be %d", i, err, len(got.Messages), f.Messages)
			}
			if got.After != covered {
				t.Errorf("frame %d covers what comes after %d, the one before ends at %d", i, got.After, covered)
			}
			covered = got.Seq
			for _, m := range got.Messages {
				if m.Seq != next {
					t.Fatalf("got seq %d, want %d", m.Seq, next)
				}
				next++
			}
		}
		if next != 501 || covered != 507 || len(frames) < 5 {
			t.Errorf("got %d messages in %d frames", next-1, len(frames))
		}
	})
	t.Run("names the message that does not encode", func(t *testing.T) {
		t.Parallel()
		for _, protocol := range []string{contract.Subprotocol, ""} {
			_, err := frame.For(protocol, hub.Delivery{Messages: []hub.Message{message(1, `{`)}})
			if err == nil || !strings.HasPrefix(err.Error(), `frame: message "m": plainjson: marshal `) {
				t.Errorf("%q: got %v", protocol, err)
			}
		}
	})
}

func TestServerFrames(t *testing.T) {
	t.Parallel()
	positions := map[string]hub.Position{"r": {Epoch: "e", Seq: 12}}
	welcome, err := frame.Welcome{Ref: "1", ConnectionID: "c=", UserID: "u", ExpiresAt: 9, Positions: positions}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	pong, err := frame.Pong("", positions)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want string
	}{
		{"welcome says who, until when, and how far the rooms have come", string(welcome), `{"type":"welcome","ref":"1","connection_id":"c=","user_id":"u","rooms":["r"],"expires_at":9,"positions":{"r":{"epoch":"e","seq":12}}}`},
		{"ok repeats the ref", string(frame.OK("7")), `{"type":"ok","ref":"7"}`},
		{"ok without ref has none", string(frame.OK("")), `{"type":"ok"}`},
		{"pong says how far the rooms have come", string(pong), `{"type":"pong","positions":{"r":{"epoch":"e","seq":12}}}`},
		{"error has code and message", string(frame.Error("7", frame.CodeForbidden, "no <b>")), `{"type":"error","ref":"7","code":"forbidden","message":"no <b>"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.got != c.want {
				t.Errorf("got  %s\nwant %s", c.got, c.want)
			}
		})
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	t.Run("has messages and the last number that it covers", func(t *testing.T) {
		t.Parallel()
		h, err := frame.NewHistory("7", "r", "e")
		if err != nil {
			t.Fatal(err)
		}
		if added, err := h.Add(message(3, `1`)); err != nil || !added {
			t.Fatalf("got %v, %v", added, err)
		}
		h.After, h.Seq, h.More, h.Reset = 2, 3, true, true
		const want = `{"type":"history","ref":"7","room_id":"r","epoch":"e","messages":[{"id":"m","room_id":"r","seq":3,"user_id":"u","time":5,"data":1}],"after":2,"seq":3,"more":true,"reset":true}`
		if got := string(h.Encode()); got != want || h.Len() != 1 {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("is empty but well formed without messages", func(t *testing.T) {
		t.Parallel()
		h, err := frame.NewHistory("", "r", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := string(h.Encode()); got != `{"type":"history","room_id":"r","epoch":"","messages":[],"after":0,"seq":0,"more":false}` {
			t.Errorf("got %s", got)
		}
	})
	t.Run("ends before 32 KB", func(t *testing.T) {
		t.Parallel()
		h, err := frame.NewHistory("7", "r", "e")
		if err != nil {
			t.Fatal(err)
		}
		for {
			added, err := h.Add(message(1, `"`+strings.Repeat("x", 900)+`"`))
			if err != nil {
				t.Fatal(err)
			}
			if !added {
				break
			}
		}
		if n := len(h.Encode()); n > contract.MaxFrameBytes || n < contract.MaxFrameBytes-1100 {
			t.Errorf("got %d bytes", n)
		}
	})
	t.Run("names the message that does not encode", func(t *testing.T) {
		t.Parallel()
		h, err := frame.NewHistory("", "r", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Add(message(1, `{`)); err == nil {
			t.Error("no error")
		}
	})
}

// TestLargestPublicationFitsEveryFrame holds contract.Publication.Validate against what is really sent.
func TestLargestPublicationFitsEveryFrame(t *testing.T) {
	t.Parallel()
	worst := strings.Repeat("\x01", contract.MaxNameBytes) // JSON writes each byte with six
	withData := func(n int) contract.Publication {
		return contract.Publication{UserID: worst, RoomID: worst, ID: worst, Data: json.RawMessage(`"` + strings.Repeat("<", n) + `"`)}
	}
	tooMany := sort.Search(contract.MaxFrameBytes, func(n int) bool { return withData(n).Validate() != nil })
	p := withData(tooMany - 1)
	m := hub.NewMessage(p, "", testTime)
	m.Seq, m.Time = 1<<62, 1<<52

	for _, protocol := range []string{contract.Subprotocol, ""} {
		frames, err := frame.For(protocol, hub.Delivery{RoomID: worst, Epoch: "0123456789abcdef", After: m.Seq - 1, Seq: m.Seq, Messages: []hub.Message{m}})
		if err != nil || len(frames) != 1 || len(frames[0].Body) > contract.MaxFrameBytes {
			t.Errorf("protocol %q: %d frames, %v", protocol, len(frames), err)
		}
	}
	h, err := frame.NewHistory(strings.Repeat("\x01", contract.MaxRefBytes), worst, "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	if added, err := h.Add(m); err != nil || !added {
		t.Fatalf("got %v, %v", added, err)
	}
	h.After, h.Seq, h.More, h.Reset = m.Seq-1, m.Seq, false, true
	if n := len(h.Encode()); n > contract.MaxFrameBytes {
		t.Errorf("the history frame has %d bytes", n)
	}
}
