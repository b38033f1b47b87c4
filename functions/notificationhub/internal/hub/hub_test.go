package hub

import (
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
