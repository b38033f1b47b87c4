package hub

import (
	"encoding/json"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A Message is a publication with its number in a room. Its JSON is what hermes.v1 connections receive and what chunk
// messages carry.
type Message struct {
	ID     string          `json:"id"`
	RoomID string          `json:"room_id"`
	Seq    int64           `json:"seq"` // number in the room, from 1; numbers may be missing, but are never used twice in an epoch
	UserID string          `json:"user_id"`
	Time   int64           `json:"time"` // milliseconds since the epoch
	Data   json.RawMessage `json:"data"`

	// ToUserID narrows the room to one user's connections. It is not sent to receivers.
	ToUserID string `json:"-"`
	// RecordID names the record of the intake queue that brought the message. A redelivered record has it again.
	RecordID string `json:"-"`
}

// NewMessage returns the message of a publication, with fallbackID as its id if the publication has none.
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

// EncodedBound bounds the length of m's JSON, in which a byte of a string may take six.
func (m Message) EncodedBound() int {
	const envelope = 256
	return len(m.Data) + 6*(len(m.ID)+len(m.UserID)+len(m.RoomID)+len(m.ToUserID)+len(m.RecordID)) + envelope
}

// VisibleTo reports whether userID may receive m.
func (m Message) VisibleTo(userID string) bool { return m.ToUserID == "" || m.ToUserID == userID }

// A Position is the number of a room's last message, and the epoch of the room's counter. The zero Position is that of a
// room without messages.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}
