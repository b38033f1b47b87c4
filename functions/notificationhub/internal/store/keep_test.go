package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/store"
)

// stingy takes one row of each batch and leaves the others over, as DynamoDB does when it is short of capacity.
type stingy struct {
	store.MessagesAPI
	takes int
	err   error
	calls int
	taken int
}

func (s *stingy) BatchWriteItem(_ context.Context, in *dynamodb.BatchWriteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error) {
	s.calls++
	writes := in.RequestItems["messages"]
	if len(writes) > 25 {
		return nil, errors.New("too many rows")
	}
	n := min(s.takes, len(writes))
	s.taken += n
	return &dynamodb.BatchWriteItemOutput{UnprocessedItems: map[string][]types.WriteRequest{"messages": writes[n:]}}, s.err
}

func some(n int) []hub.Message {
	out := make([]hub.Message, n)
	for i := range out {
		out[i] = hub.Message{ID: fmt.Sprint(i), RoomID: "r", Seq: int64(i + 1), Data: json.RawMessage(`1`)}
	}
	return out
}

func TestKeep(t *testing.T) {
	t.Parallel()
	t.Run("offers again what DynamoDB left over, ever later", func(t *testing.T) {
		t.Parallel()
		clock, table := clock.NewFake(), &stingy{takes: 1}
		m := store.Messages{Client: table, Table: "messages", TTL: time.Hour, Clock: clock}
		if err := m.Keep(context.Background(), some(3)); err != nil || table.taken != 3 || table.calls != 3 {
			t.Errorf("got %v, %d rows in %d calls", err, table.taken, table.calls)
		}
		if got := fmt.Sprint(clock.Slept()); got != "[50ms 100ms]" {
			t.Errorf("slept %s", got)
		}
	})
	t.Run("gives up in the end", func(t *testing.T) {
		t.Parallel()
		m := store.Messages{Client: &stingy{}, Table: "messages", TTL: time.Hour, Clock: clock.NewFake()}
		err := m.Keep(context.Background(), some(2))
		if !errors.Is(err, store.ErrUnprocessed) || err.Error() != `store: keep 2 messages of room "r": rows left unprocessed: 2 rows after 6 tries` {
			t.Errorf("got %v", err)
		}
	})
	t.Run("stops when its time is over", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		m := store.Messages{Client: &stingy{}, Table: "messages", TTL: time.Hour, Clock: clock.NewFake()}
		if err := m.Keep(ctx, some(2)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("fails with the table", func(t *testing.T) {
		t.Parallel()
		m := store.Messages{Client: &stingy{err: hubtest.ErrDown}, Table: "messages", TTL: time.Hour, Clock: clock.NewFake()}
		if err := m.Keep(context.Background(), some(30)); !errors.Is(err, hubtest.ErrDown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("keeps nothing where no history is wanted", func(t *testing.T) {
		t.Parallel()
		table := &stingy{}
		m := store.Messages{Client: table, Table: "messages", Clock: clock.NewFake()}
		if err := m.Keep(context.Background(), some(2)); err != nil || table.calls != 0 {
			t.Errorf("got %v, %d calls", err, table.calls)
		}
	})
}
