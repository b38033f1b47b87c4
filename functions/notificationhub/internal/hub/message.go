package hub

import (
	"encoding/json"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A Message is a publication that has been given its place in a room. Its JSON is the one that connections receive
// in hermes.v1 and that chunk messages carry.
type Message struct {
	ID     string          `json:"id"`
	RoomID string          `json:"room_id"`
	Seq    int64           `json:"seq"` // place in the room, from 1; numbers may be missing, never given twice in an epoch
	UserID string          `json:"user_id"`
	Time   int64           `json:"time"` // milliseconds since the epoch
	Data   json.RawMessage `json:"data"`

	// ToUserID narrows the room to one user's connections. Receivers need not be told.
	ToUserID string `json:"-"`
}

// NewMessage makes the message of a publication. The publication's own id wins over fallbackID.
func NewMessage(p contract.Publication, fallbackID string, at time.Time) Message {
	m := Message{
		ID: p.ID, RoomID: p.RoomID, UserID: p.UserID, ToUserID: p.ToUserID,
		Time: at.UnixMilli(), Data: p.Data,
	}
	if m.ID == "" {
		m.ID = fallbackID
	}
	if len(m.Data) == 0 {
		m.Data = json.RawMessage("null")
	}
	return m
}

// VisibleTo says whether userID may receive m.
func (m Message) VisibleTo(userID string) bool { return m.ToUserID == "" || m.ToUserID == userID }

// A Position is how far a room has come: the last number given, in the epoch of its counter.
// The zero Position is that of a room without any message yet.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}
