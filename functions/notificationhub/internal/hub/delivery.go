package hub

// A Delivery is what connections of a room are to be sent: messages or a notice. Messages are all that the room has for
// those connections between After and Seq; numbers that are missing were addressed to other users. Its JSON is the one that
// chunks carry.
type Delivery struct {
	RoomID   string    `json:"room_id"`
	Epoch    string    `json:"epoch,omitempty"`
	After    int64     `json:"after,omitempty"` // exclusive
	Seq      int64     `json:"seq,omitempty"`   // inclusive; that of the last message, or later
	Messages []Message `json:"messages,omitempty"`
	Notice   *Notice   `json:"notice,omitempty"`
}

// A Notice asks clients to do something. It has no number, and is not kept.
type Notice struct {
	Type   string `json:"type"`   // contract.NoticeReconnect
	Within int    `json:"within"` // seconds
}

// Rest is what remains of d for a connection that has its first n messages.
func (d Delivery) Rest(n int) Delivery {
	if n > 0 {
		d.After, d.Messages = d.Messages[n-1].Seq, d.Messages[n:]
	}
	return d
}
