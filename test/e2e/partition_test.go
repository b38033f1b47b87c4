package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// settle writes the rows of a room as if everybody had connected an hour ago, and makes them large.
func (h *hub) settle(t *testing.T, room string, bytes int) {
	t.Helper()
	pages := dynamodb.NewQueryPaginator(h.dynamo, h.roomQuery(room))
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			key := map[string]types.AttributeValue{"room_id": row["room_id"], "connection_id": row["connection_id"]}
			if _, err := h.dynamo.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &h.connections, Key: key}); err != nil {
				t.Fatal(err)
			}
			earlier := time.Now().Add(-time.Hour).UnixMilli()
			_, id, _ := strings.Cut(row["connection_id"].(*types.AttributeValueMemberS).Value, ":")
			row["connection_id"] = &types.AttributeValueMemberS{Value: fmt.Sprintf("%013d:%s", earlier, id)}
			row["connected_at"] = &types.AttributeValueMemberN{Value: fmt.Sprint(earlier)}
			row["padding"] = &types.AttributeValueMemberS{Value: strings.Repeat("x", bytes)}
			if _, err := h.dynamo.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &h.connections, Item: row}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A partition gives 3,000 read units a second. Here a room takes 600, as one of some 18,000 connections does: read for each
// message, it would be throttled at the fifth in a second.
func TestALargeRoomIsNotReadForEachMessage(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t, "-ephemeral"), newRoom()
	const connections, messages, units = 300, 40, 600
	crowd := h.crowd(t, room, connections)
	h.settle(t, room, 8*1024)
	if err := h.control(http.MethodPost, "partitions", map[string]bool{"enabled": true}, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.control(http.MethodPost, "usage/reset", nil, nil); err != nil {
		t.Fatal(err)
	}
	for i := range messages { // one by one, so that each is a batch of its own
		text := fmt.Sprint(i)
		h.say(t, room, text)
		crowd[0].expect(t, text)
		if i == messages/2 { // who has just connected gets the next one
			crowd = append(crowd, h.connect(t, "eve", room))
		}
	}
	crowd[connections].expect(t, fmt.Sprint(messages/2+1))
	for _, s := range crowd[1:connections] {
		s.receive(t, messages)
	}
	read := 0.0
	for _, item := range get[usage](t, h.stage, "usage").Items {
		if item.Function == h.broadcast && item.Service == "dynamodb" && item.Action == "Query" {
			read += item.Units
		}
	}
	// Each of the two workers has read the room once, and once more if the test took over half a minute.
	if read > 4*units+messages*10 {
		t.Errorf("%d messages took %v read units; the room has %d", messages, read, units)
	}
	for table, calls := range get[struct{ Throttled map[string]int }](t, h.stage, "partitions").Throttled {
		t.Errorf("%d calls to %s were throttled", calls, table)
	}
}
