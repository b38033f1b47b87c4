package broadcast

import (
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A batch is the parsed records of one invocation.
type batch struct {
	rooms  []*room // in the order of their first record
	poison []poison
}

// A poison record can never be broadcast: it is not a valid publication.
type poison struct {
	record queue.Record
	reason error
}

// A room is one room's part of a batch: its messages and, at the same index, the ids of their records.
type room struct {
	id        string
	messages  []hub.Message
	recordIDs []string
}

// An audience is the part of a room's messages that goes to the same connections.
type audience struct {
	userID    string // "" for the whole room
	messages  []hub.Message
	recordIDs []string
}

// sort parses the records and groups them by room.
func (b *Broadcaster) sort(records []queue.Record) batch {
	var out batch
	rooms := map[string]*room{}
	for _, r := range records {
		p, err := contract.ParsePublication([]byte(r.Body))
		if err != nil {
			out.poison = append(out.poison, poison{record: r, reason: err})
			continue
		}
		at := r.SentAt
		if at.IsZero() {
			at = b.Now()
		}
		known := rooms[p.RoomID]
		if known == nil {
			known = &room{id: p.RoomID}
			rooms[p.RoomID] = known
			out.rooms = append(out.rooms, known)
		}
		known.messages = append(known.messages, hub.NewMessage(p, r.ID, at))
		known.recordIDs = append(known.recordIDs, r.ID)
	}
	return out
}

// number numbers the messages consecutively; the last of them gets last.
func (r *room) number(last int64) {
	first := last - int64(len(r.messages)) + 1
	for i := range r.messages {
		r.messages[i].Seq = first + int64(i)
	}
}

// audiences groups the room's messages by who receives them, in the order of the first message of each.
func (r *room) audiences() []*audience {
	var out []*audience
	byUser := map[string]*audience{}
	for i, m := range r.messages {
		a := byUser[m.ToUserID]
		if a == nil {
			a = &audience{userID: m.ToUserID}
			byUser[m.ToUserID] = a
			out = append(out, a)
		}
		a.messages = append(a.messages, m)
		a.recordIDs = append(a.recordIDs, r.recordIDs[i])
	}
	return out
}

func (a *audience) messageIDs() []string {
	ids := make([]string, len(a.messages))
	for i, m := range a.messages {
		ids[i] = m.ID
	}
	return ids
}
