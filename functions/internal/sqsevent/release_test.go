package sqsevent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/sqsevent"
)

type releaser struct {
	released []queue.Release
	err      error
}

func (r *releaser) Release(_ context.Context, releases []queue.Release) error {
	r.released = append(r.released, releases...)
	return r.err
}

func failing(ids ...string) sqsevent.Handler {
	return sqsevent.Batch(func(context.Context, []queue.Record) []string { return ids })
}

func TestReleaseFailed(t *testing.T) {
	t.Parallel()
	discard := slog.New(slog.DiscardHandler)
	t.Run("releases what failed and nothing else", func(t *testing.T) {
		t.Parallel()
		r := &releaser{}
		e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", ReceiptHandle: "one"}, {MessageId: "2", ReceiptHandle: "two"}}}
		response, err := sqsevent.ReleaseFailed(failing("2"), r, discard)(context.Background(), e)
		if got := encoded(t, response, err); got != `{"batchItemFailures":[{"itemIdentifier":"2"}]}` {
			t.Errorf("got %s", got)
		}
		if !slices.Equal(r.released, []queue.Release{{Receipt: "two"}}) {
			t.Errorf("released %+v", r.released)
		}
	})
	for _, c := range []struct {
		received string
		want     time.Duration
	}{{"1", 0}, {"2", time.Second}, {"3", 2 * time.Second}, {"6", 16 * time.Second}, {"7", 30 * time.Second}, {"1000", 30 * time.Second}, {"", 0}} {
		t.Run(fmt.Sprintf("after %s times for %v", c.received, c.want), func(t *testing.T) {
			t.Parallel()
			r := &releaser{}
			e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Attributes: map[string]string{"ApproximateReceiveCount": c.received}}}}
			if _, err := sqsevent.ReleaseFailed(failing("1"), r, discard)(context.Background(), e); err != nil || r.released[0].Delay != c.want {
				t.Errorf("got %+v, %v", r.released, err)
			}
		})
	}
	t.Run("makes no call when nothing failed", func(t *testing.T) {
		t.Parallel()
		r := &releaser{err: errors.New("not expected")}
		if _, err := sqsevent.ReleaseFailed(failing(), r, discard)(context.Background(), batch); err != nil || len(r.released) != 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("reports what failed though it cannot be released", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		handler := sqsevent.ReleaseFailed(failing("1"), &releaser{err: errors.New("down")}, slog.New(slog.NewTextHandler(&log, nil)))
		response, err := handler(context.Background(), batch)
		if got := encoded(t, response, err); got != `{"batchItemFailures":[{"itemIdentifier":"1"}]}` || !strings.Contains(log.String(), "records not released") {
			t.Errorf("got %s, logged %s", got, &log)
		}
	})
}
