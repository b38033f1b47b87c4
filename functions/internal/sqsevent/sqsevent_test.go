package sqsevent_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/sqsevent"
)

var batch = events.SQSEvent{Records: []events.SQSMessage{
	{MessageId: "1", Body: "a", Attributes: map[string]string{"SentTimestamp": "1700000000123"}},
	{MessageId: "2", Body: "b"},
	{MessageId: "3", Body: "c"},
}}

// encoded is the response as Lambda reads it.
func encoded(t *testing.T, response events.SQSEventResponse, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBatch(t *testing.T) {
	t.Parallel()
	var got []queue.Record
	handler := func(failed ...string) sqsevent.Handler {
		return sqsevent.Batch(func(_ context.Context, records []queue.Record) []string {
			got = records
			return failed
		})
	}
	t.Run("passes every record on", func(t *testing.T) {
		response, err := handler()(t.Context(), batch)
		if got := encoded(t, response, err); got != `{"batchItemFailures":[]}` {
			t.Errorf("got %s", got)
		}
		if len(got) != 3 || got[0] != (queue.Record{ID: "1", Body: "a", SentAt: time.UnixMilli(1_700_000_000_123)}) || !got[1].SentAt.IsZero() {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("reports only what failed", func(t *testing.T) {
		response, err := handler("2")(t.Context(), batch)
		if got := encoded(t, response, err); got != `{"batchItemFailures":[{"itemIdentifier":"2"}]}` {
			t.Errorf("got %s", got)
		}
	})
}

type workerFunc func(body string) error

func (f workerFunc) Handle(_ context.Context, body string) error { return f(body) }

func TestEach(t *testing.T) {
	t.Parallel()
	worker := workerFunc(func(body string) error {
		if body == "b" {
			return errors.New("down")
		}
		return nil
	})
	response, err := sqsevent.Each(worker, slog.New(slog.DiscardHandler))(context.Background(), batch)
	if got := encoded(t, response, err); got != `{"batchItemFailures":[{"itemIdentifier":"2"}]}` {
		t.Errorf("got %s", got)
	}
}
