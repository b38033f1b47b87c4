package roomlog_test

import (
	"context"
	"encoding/json"
	"fmt"
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
