package broadcast

import (
	"cmp"

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

// A room is one room's part of a batch.
type room struct {
	id       string
	messages []hub.Message
	notices  []notice
}

// A notice is one for the room or, with a user, for that user's connections.
type notice struct {
	recordID, userID string
	hub.Notice
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
		if p.Notice != "" {
			known.notices = append(known.notices, notice{r.ID, p.ToUserID, hub.Notice{Type: p.Notice, Within: cmp.Or(p.Within, contract.DefaultWithin)}})
			continue
		}
		m := hub.NewMessage(p, r.ID, at)
		m.RecordID = r.ID
		known.messages = append(known.messages, m)
	}
	return out
}

// recordsOf are the ids of the records that brought messages.
func recordsOf(messages []hub.Message) []string {
	ids := make([]string, len(messages))
	for i, m := range messages {
		ids[i] = m.RecordID
	}
	return ids
}

func idsOf(messages []hub.Message) []string {
	ids := make([]string, len(messages))
	for i, m := range messages {
		ids[i] = m.ID
	}
	return ids
}
