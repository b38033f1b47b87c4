package hub

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func TestNewMessage(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_700_000_000_123)

	t.Run("keeps the publication's own id", func(t *testing.T) {
		t.Parallel()
		m := NewMessage(contract.Publication{ID: "order-7", UserID: "u", RoomID: "r", ToUserID: "v", Data: json.RawMessage(`1`)}, "sqs-id", at)
		if m.ID != "order-7" || m.UserID != "u" || m.RoomID != "r" || m.ToUserID != "v" || string(m.Data) != "1" || m.Time != 1_700_000_000_123 {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("falls back on the queue's id, and on null data", func(t *testing.T) {
		t.Parallel()
		m := NewMessage(contract.Publication{RoomID: "r"}, "sqs-id", at)
		if m.ID != "sqs-id" || string(m.Data) != "null" {
			t.Errorf("got %+v", m)
		}
	})
}

func TestVisibleTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, to string
		want     bool
	}{
		{"a message to the room is visible", "", true},
		{"a message to the user is visible", "ann", true},
		{"a message to another user is not", "bob", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := (Message{ToUserID: c.to}).VisibleTo("ann"); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestClientMessageID(t *testing.T) {
	t.Parallel()
	id := ClientMessageID("ann", "1")

	t.Run("is the same for a resend", func(t *testing.T) {
		t.Parallel()
		if again := ClientMessageID("ann", "1"); again != id {
			t.Errorf("got %q, then %q", id, again)
		}
	})
	t.Run("differs between users, ids, and where one ends and the other begins", func(t *testing.T) {
		t.Parallel()
		for _, other := range []string{ClientMessageID("bob", "1"), ClientMessageID("ann", "2"), ClientMessageID("an", "n1"), ClientMessageID("ann1", "")} {
			if other == id {
				t.Errorf("%q came twice", id)
			}
		}
	})
	t.Run("fits the limit of a name", func(t *testing.T) {
		t.Parallel()
		if len(id) > contract.MaxNameBytes {
			t.Errorf("%q has %d bytes", id, len(id))
		}
	})
}

func TestGroup(t *testing.T) {
	t.Parallel()
	if a, b := Group("room a"), Group("room b"); a == b || len(a) != 32 {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestEncodeJSON(t *testing.T) {
	t.Parallel()
	t.Run("leaves markup as it is", func(t *testing.T) {
		t.Parallel()
		got, err := EncodeJSON(map[string]any{"a": "<b>&</b>", "raw": json.RawMessage(`"<i>"`)})
		if err != nil || string(got) != `{"a":"<b>&</b>","raw":"<i>"}` {
			t.Errorf("got %s, %v", got, err)
		}
	})
	t.Run("names the type that does not encode", func(t *testing.T) {
		t.Parallel()
		_, err := EncodeJSON(func() {})
		if err == nil || err.Error() != "hub: encode func(): json: unsupported type: func()" {
			t.Errorf("got %v", err)
		}
	})
}

func TestWorkContext(t *testing.T) {
	t.Parallel()
	t.Run("ends a second before its parent", func(t *testing.T) {
		t.Parallel()
		end := time.Now().Add(time.Hour)
		parent, cancelParent := context.WithDeadline(context.Background(), end)
		defer cancelParent()
		ctx, cancel := WorkContext(parent)
		defer cancel()
		if got, ok := ctx.Deadline(); !ok || !got.Equal(end.Add(-time.Second)) {
			t.Errorf("got %v, %v", got, ok)
		}
	})
	t.Run("has no deadline where its parent has none", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := WorkContext(context.Background())
		defer cancel()
		if _, ok := ctx.Deadline(); ok {
			t.Error("a deadline appeared")
		}
	})
}
