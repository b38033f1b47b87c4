package frame

import (
	"fmt"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A History is the answer to history: {"type":"history","ref","room_id","epoch","messages":[..],"after","seq","more","reset"}.
// Create it with NewHistory, Add messages until it is full, then Encode it.
type History struct {
	After int64 // the answer holds everything that the room has for the client after it, up to Seq
	Seq   int64 // the last number that the answer covers; the client asks next for those after it
	More  bool  // numbers after Seq exist
	Reset bool  // messages are missing between what the client has and After

	messages packer
}

// longestHistorySuffix bounds what suffix returns.
const longestHistorySuffix = `],"after":-9223372036854775808,"seq":-9223372036854775808,"more":false,"reset":true}`

// NewHistory returns an empty answer for a room, in the room's current epoch.
func NewHistory(ref, roomID, epoch string) (*History, error) {
	head, err := plainjson.Marshal(struct {
		Type   string `json:"type"`
		Ref    string `json:"ref,omitempty"`
		RoomID string `json:"room_id"`
		Epoch  string `json:"epoch"`
	}{"history", ref, roomID, epoch})
	if err != nil {
		return nil, fmt.Errorf("frame: history of %q: %w", roomID, err)
	}
	open := string(head[:len(head)-1]) + `,"messages":[`
	return &History{messages: packer{prefix: open, suffix: longestHistorySuffix}}, nil
}

// Add adds m to the answer and reports whether the frame had room for it.
func (h *History) Add(m hub.Message) (bool, error) {
	b, err := plainjson.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("frame: message %q: %w", m.ID, err)
	}
	if !h.messages.fits(b) {
		return false, nil
	}
	h.messages.add(b)
	return true, nil
}

// Len returns the number of messages in the answer.
func (h *History) Len() int { return h.messages.count }

// Encode returns the frame.
func (h *History) Encode() []byte {
	h.messages.suffix = h.suffix()
	return h.messages.frame().Body
}

func (h *History) suffix() string {
	reset := ""
	if h.Reset {
		reset = `,"reset":true`
	}
	return fmt.Sprintf(`],"after":%d,"seq":%d,"more":%t%s}`, h.After, h.Seq, h.More, reset)
}
