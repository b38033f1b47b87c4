package roomlog_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// paged is a table of which so many rows take 1 MB.
type paged struct {
	*hubtest.Rows
	most, pages int
}

func (p *paged) Until(ctx context.Context, roomID string, last int64, limit int) ([]roomlog.Row, bool, error) {
	p.pages++
	return p.Rows.Until(ctx, roomID, last, min(limit, p.most))
}

// TestHowFarANewWorkerLooksBack: in a room of 50 messages a second, one a row.
func TestHowFarANewWorkerLooksBack(t *testing.T) {
	t.Parallel()
	const second = 50
	for _, c := range []struct {
		name    string
		most    int // rows in 1 MB
		ago     int // how many rows ago the message came first
		isKnown bool
	}{
		{"almost five minutes ago", 4000, 299 * second, true},
		{"the first of 4 MB and the smaller pages", 500, 16 + 256 + 5*500, true},
		{"the last before them", 500, 16 + 256 + 5*500 + 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ticks, table := clock.NewFake(), &paged{Rows: &hubtest.Rows{}, most: c.most}
			const rows = 400 * second
			for i := range int64(rows) {
				m := messageOf(fmt.Sprint("m", i+1), ticks.Now())
				m.Seq = i + 1
				if err := table.Put(t.Context(), roomlog.Row{RoomID: modelRoom, Epoch: "e", First: m.Seq, Time: ticks.Now(), Messages: []hub.Message{m}}); err != nil {
					t.Fatal(err)
				}
				ticks.Advance(time.Second / second)
			}
			log := roomlog.New(roomlog.Config{Store: table, Now: ticks.Now, Sleep: ticks.Sleep})
			m := messageOf(fmt.Sprint("m", rows-c.ago+1), ticks.Now())
			m.RecordID = "another record"
			appended, err := log.Append(t.Context(), modelRoom, []hub.Message{m})
			if isKnown := appended.Repeats == 1; err != nil || isKnown != c.isKnown {
				t.Errorf("known: %t, not %t; %v", isKnown, c.isKnown, err)
			}
			if _, err := log.Append(t.Context(), modelRoom, []hub.Message{messageOf("next", ticks.Now())}); err != nil || table.pages != 7 {
				t.Errorf("%d pages were read for two appends, not 7; %v", table.pages, err)
			}
		})
	}
}
