package sqsevent_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/hub/broadcast"
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

type broadcaster struct {
	records []broadcast.Record
	failed  []string
}

func (b *broadcaster) Broadcast(_ context.Context, records []broadcast.Record) []string {
	b.records = records
	return b.failed
}

func TestBroadcast(t *testing.T) {
	t.Parallel()
	t.Run("hands on every record", func(t *testing.T) {
		t.Parallel()
		b := &broadcaster{}
		response, err := sqsevent.Broadcast(b)(context.Background(), batch)
		if got := encoded(t, response, err); got != `{"batchItemFailures":[]}` {
			t.Errorf("got %s", got)
		}
		if len(b.records) != 3 || b.records[0] != (broadcast.Record{ID: "1", Body: "a", SentAt: time.UnixMilli(1_700_000_000_123)}) || !b.records[1].SentAt.IsZero() {
			t.Errorf("got %+v", b.records)
		}
	})
	t.Run("reports only what failed", func(t *testing.T) {
		t.Parallel()
		response, err := sqsevent.Broadcast(&broadcaster{failed: []string{"2"}})(context.Background(), batch)
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
