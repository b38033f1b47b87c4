package frame

import (
	"encoding/json"
	"fmt"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Frame is one post to a connection.
type Frame struct {
	Body     []byte
	Messages int // how many messages it carries
}

// For encodes a delivery as frames for a client of protocol, in order.
func For(protocol string, d hub.Delivery) ([]Frame, error) {
	if d.Notice != nil {
		return notice(protocol, *d.Notice)
	}
	if protocol == contract.Subprotocol {
		return packed(d)
	}
	return classic(d.Messages)
}

// packed fills hermes.v1 frames up to contract.MaxFrameBytes: API Gateway bills every started 32 KB, and every post.
// Each frame says which part of the delivery it covers.
//
//	{"type":"messages","room_id","epoch","after","messages":[..],"seq"}
//
// https://aws.amazon.com/api-gateway/pricing/
func packed(d hub.Delivery) ([]Frame, error) {
	head, err := plainjson.Marshal(struct {
		Type   string `json:"type"`
		RoomID string `json:"room_id"`
		Epoch  string `json:"epoch"`
	}{"messages", d.RoomID, d.Epoch})
	if err != nil {
		return nil, fmt.Errorf("frame: messages of room %q: %w", d.RoomID, err)
	}
	open := string(head[:len(head)-1])
	var frames []Frame
	current := newPacker(open, d.After)
	for i, m := range d.Messages {
		b, err := plainjson.Marshal(m)
		if err != nil {
			return nil, fmt.Errorf("frame: message %q: %w", m.ID, err)
		}
		if !current.fits(b) {
			after := d.Messages[i-1].Seq
			frames = append(frames, current.until(after))
			current = newPacker(open, after)
		}
		current.add(b)
	}
	return append(frames, current.until(d.Seq)), nil
}

// longestMessagesSuffix bounds the suffix that until writes.
const longestMessagesSuffix = `],"seq":-9223372036854775808}`

func newPacker(open string, after int64) *packer {
	return &packer{prefix: fmt.Sprintf(`%s,"after":%d,"messages":[`, open, after), suffix: longestMessagesSuffix}
}

// until returns the frame, which covers its room up to seq.
func (p *packer) until(seq int64) Frame {
	p.suffix = fmt.Sprintf(`],"seq":%d}`, seq)
	return p.frame()
}

// notice encodes a notice, which classic clients would not understand.
func notice(protocol string, n hub.Notice) ([]Frame, error) {
	if protocol != contract.Subprotocol {
		return nil, nil
	}
	b, err := plainjson.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("frame: notice: %w", err)
	}
	return []Frame{{Body: b}}, nil
}

// classic encodes one object per frame. user_id and data come first, as classic pages have always received them.
func classic(messages []hub.Message) ([]Frame, error) {
	frames := make([]Frame, 0, len(messages))
	for _, m := range messages {
		b, err := plainjson.Marshal(struct {
			UserID string          `json:"user_id"`
			Data   json.RawMessage `json:"data"`
			RoomID string          `json:"room_id"`
			ID     string          `json:"id"`
			Seq    int64           `json:"seq"`
			Time   int64           `json:"time"`
		}{m.UserID, m.Data, m.RoomID, m.ID, m.Seq, m.Time})
		if err != nil {
			return nil, fmt.Errorf("frame: message %q: %w", m.ID, err)
		}
		frames = append(frames, Frame{Body: b, Messages: 1})
	}
	return frames, nil
}
