package roomlog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// overtaken is a table in which another worker writes a row just before each of the first few.
type overtaken struct {
	*hubtest.Rows
	times int
}

func (o *overtaken) Put(ctx context.Context, row roomlog.Row) error {
	if o.times > 0 {
		o.times--
		other := row
		other.Messages = []hub.Message{messageOf(fmt.Sprint("other", o.times), row.Time)}
		if err := o.Rows.Put(ctx, other); err != nil {
			return err
		}
	}
	return o.Rows.Put(ctx, row)
}

// counting counts the calls of a table.
type counting struct {
	roomlog.Store
	puts, taken, reads int
}

func (c *counting) Put(ctx context.Context, row roomlog.Row) error {
	err := c.Store.Put(ctx, row)
	c.puts++
	if errors.Is(err, roomlog.ErrTaken) {
		c.taken++
	}
	return err
}

func (c *counting) Since(ctx context.Context, roomID string, first int64, limit int) ([]roomlog.Row, bool, error) {
	c.reads++
	return c.Store.Since(ctx, roomID, first, limit)
}

func TestWorkersThatShareARoomReadInsteadOfWritingInVain(t *testing.T) {
	t.Parallel()
	const appends = 2000
	for _, c := range []struct {
		name                string
		share               float64 // of the second worker
		mostTaken, mostRead int
	}{
		{"a worker alone", 0, 0, 0},
		{"a worker beside another that comes now and then", 0.02, appends * 4 / 100, appends * 20 / 100},
		{"two alike", 0.5, appends * 4 / 100, appends},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ticks, random := clock.NewFake(), rand.New(rand.NewPCG(1, 0))
			table := &counting{Store: &hubtest.Rows{}}
			config := roomlog.Config{Store: table, Now: ticks.Now, Sleep: ticks.Sleep}
			workers := []*roomlog.Log{roomlog.New(config), roomlog.New(config)}
			for i := range appends {
				worker := workers[0]
				if random.Float64() < c.share {
					worker = workers[1]
				}
				ticks.Advance(10 * time.Millisecond)
				if _, err := worker.Append(t.Context(), modelRoom, []hub.Message{messageOf(fmt.Sprint(i), ticks.Now())}); err != nil {
					t.Fatal(err)
				}
			}
			if table.taken > c.mostTaken || table.reads > c.mostRead || table.puts != appends+table.taken {
				t.Errorf("%d of %d writes were in vain, with %d reads; at most %d and %d", table.taken, table.puts, table.reads, c.mostTaken, c.mostRead)
			}
		})
	}
}

func messageOf(id string, at time.Time) hub.Message {
	return hub.Message{ID: id, RecordID: id, RoomID: modelRoom, Time: at.UnixMilli(), Data: json.RawMessage(`1`)}
}

func TestAnAppendThatOthersOvertakePausesBetweenItsTries(t *testing.T) {
	t.Parallel()
	for times, want := range []string{"[]", "[]", "[20ms]", "[20ms 40ms]", "[20ms 40ms 80ms]", "[20ms 40ms 80ms 100ms]"} {
		t.Run(fmt.Sprint(times, " times"), func(t *testing.T) {
			t.Parallel()
			ticks := clock.NewFake()
			log := roomlog.New(roomlog.Config{
				Store: &overtaken{&hubtest.Rows{}, times}, Now: ticks.Now, Sleep: ticks.Sleep, Jitter: func(d time.Duration) time.Duration { return d },
			})
			appended, err := log.Append(t.Context(), modelRoom, []hub.Message{messageOf("mine", ticks.Now())})
			if got := fmt.Sprint(ticks.Slept()); err != nil || got != want || appended.Last.Seq != int64(times)+1 {
				t.Errorf("slept %s for number %d, not %s, %v", got, appended.Last.Seq, want, err)
			}
		})
	}
}
