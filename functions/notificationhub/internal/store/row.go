package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// Attributes of a row that no other package reads.
const (
	attributeTime     = "time"     // milliseconds since the epoch
	attributeUntil    = "until"    // seconds since the epoch; absent if it is the time to live
	attributeMessages = "messages" // JSON: an item has less overhead than a list of maps, and is billed by its bytes
)

// keptMessage is a message within a row. Its number follows from its place.
type keptMessage struct {
	ID       string          `json:"id"`
	RecordID string          `json:"record_id,omitempty"` // absent if it is the id
	UserID   string          `json:"user_id,omitempty"`
	ToUserID string          `json:"to_user_id,omitempty"`
	Time     int64           `json:"time"`
	Data     json.RawMessage `json:"data,omitempty"` // absent if history keeps none
}

// itemOf is the row as an item that history answers for the retention. Rows are kept for roomlog.MinRetention at least.
func itemOf(row roomlog.Row, retention time.Duration) (attr.Item, error) {
	kept := make([]keptMessage, len(row.Messages))
	for i, m := range row.Messages {
		kept[i] = keptMessage{ID: m.ID, UserID: m.UserID, ToUserID: m.ToUserID, Time: m.Time}
		if m.RecordID != m.ID {
			kept[i].RecordID = m.RecordID
		}
		if retention > 0 {
			kept[i].Data = m.Data
		}
	}
	messages, err := plainjson.Marshal(kept)
	if err != nil {
		return nil, err
	}
	item := attr.Item{
		contract.AttributeRoomID: attr.String(row.RoomID),
		contract.AttributeSeq:    attr.Number(row.First),
		contract.AttributeEpoch:  attr.String(row.Epoch),
		contract.AttributeTTL:    attr.Number(row.Time.Add(max(retention, roomlog.MinRetention)).Unix()),
		attributeTime:            attr.Number(row.Time.UnixMilli()),
		attributeMessages:        attr.String(string(messages)),
	}
	if retention < roomlog.MinRetention {
		item[attributeUntil] = attr.Number(row.Time.Add(retention).Unix())
	}
	return item, nil
}

func parseRow(item attr.Item) (roomlog.Row, error) {
	row := roomlog.Row{RoomID: item.String(contract.AttributeRoomID), Epoch: item.String(contract.AttributeEpoch)}
	var written, until int64
	for _, field := range []struct {
		name string
		into *int64
	}{{contract.AttributeSeq, &row.First}, {attributeTime, &written}, {contract.AttributeTTL, &until}, {attributeUntil, &until}} {
		n, err := item.Number(field.name)
		if err != nil {
			return roomlog.Row{}, err
		}
		if _, ok := item[field.name]; ok {
			*field.into = n
		}
	}
	row.Time, row.Until = time.UnixMilli(written), time.Unix(until, 0)
	var kept []keptMessage
	if err := json.Unmarshal([]byte(item.String(attributeMessages)), &kept); err != nil || len(kept) == 0 {
		return roomlog.Row{}, fmt.Errorf("row %d has no messages: %w", row.First, err)
	}
	for i, k := range kept {
		m := hub.Message{
			ID: k.ID, RecordID: k.RecordID, RoomID: row.RoomID, Seq: row.First + int64(i),
			UserID: k.UserID, ToUserID: k.ToUserID, Time: k.Time, Data: k.Data,
		}
		if m.RecordID == "" {
			m.RecordID = m.ID
		}
		row.Messages = append(row.Messages, m)
	}
	return row, nil
}
