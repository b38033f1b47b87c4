package roomlog

import (
	"slices"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Run is messages of a room with consecutive numbers, to be delivered together. They take no more room than a row.
type Run struct {
	RoomID   string
	Epoch    string
	Messages []hub.Message

	after   int64            // the numbers in between were addressed to single users
	private map[string]int64 // the last of those numbers by user
}

// First is the number of the run's first message.
func (r Run) First() int64 { return r.Messages[0].Seq }

// Last is the number of the run's last message.
func (r Run) Last() int64 { return r.Messages[len(r.Messages)-1].Seq }

// Public says whether any message of the run is for the whole room.
func (r Run) Public() bool {
	return slices.ContainsFunc(r.Messages, func(m hub.Message) bool { return m.ToUserID == "" })
}

// Addressees are the users to whom single messages of the run are addressed, each once, in the order of those messages.
func (r Run) Addressees() []string {
	var users []string
	for _, m := range r.Messages {
		if m.ToUserID != "" && !slices.Contains(users, m.ToUserID) {
			users = append(users, m.ToUserID)
		}
	}
	return users
}

// For is what userID receives of the run.
func (r Run) For(userID string) hub.Delivery {
	d := r.delivery(func(m hub.Message) bool { return m.VisibleTo(userID) })
	d.After = r.After(userID)
	return d
}

// ForAll is what those receive of the run who are not among its Addressees. After may be later for some of them.
func (r Run) ForAll() hub.Delivery {
	return r.delivery(func(m hub.Message) bool { return m.ToUserID == "" })
}

func (r Run) delivery(visible func(hub.Message) bool) hub.Delivery {
	d := hub.Delivery{RoomID: r.RoomID, Epoch: r.Epoch, After: r.after, Seq: r.Last()}
	for _, m := range r.Messages {
		if visible(m) {
			d.Messages = append(d.Messages, m)
		}
	}
	return d
}

// After is the number after which the run holds all that the room has for userID: those between it and the run were
// addressed to other users.
func (r Run) After(userID string) int64 { return max(r.after, r.private[userID]) }
