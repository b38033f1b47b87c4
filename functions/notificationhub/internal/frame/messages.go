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

// For encodes messages, in order, as frames for a client of protocol.
func For(protocol string, messages []hub.Message) ([]Frame, error) {
	if protocol == contract.Subprotocol {
		return packed(messages)
	}
	return classic(messages)
}

const (
	messagesPrefix = `{"type":"messages","messages":[`
	messagesSuffix = `]}`
)

// packed fills hermes.v1 frames up to contract.MaxFrameBytes: API Gateway bills every started 32 KB, and every post.
// https://aws.amazon.com/api-gateway/pricing/
func packed(messages []hub.Message) ([]Frame, error) {
	var frames []Frame
	var current *packer
	for _, m := range messages {
		b, err := plainjson.Marshal(m)
		if err != nil {
			return nil, fmt.Errorf("frame: message %q: %w", m.ID, err)
		}
		if current == nil || !current.fits(b) {
			if current != nil {
				frames = append(frames, current.frame())
			}
			current = &packer{prefix: messagesPrefix, suffix: messagesSuffix}
		}
		current.add(b)
	}
	if current != nil {
		frames = append(frames, current.frame())
	}
	return frames, nil
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
