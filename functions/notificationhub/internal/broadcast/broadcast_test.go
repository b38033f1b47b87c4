package broadcast_test

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

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/queue/queuetest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/broadcast"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/fanout"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// A bundle is a broadcaster over tables, queues and a gateway in memory.
type bundle struct {
	broadcaster         *broadcast.Broadcaster
	gateway             *hubtest.Gateway
	connections         *hubtest.Connections
	rows                *hubtest.Rows
	chunks, deadLetters *queuetest.Queue
	clock               *clock.Fake
	log                 *bytes.Buffer
}

func setup() bundle {
	clock := clock.NewFake()
	b := bundle{
		gateway: &hubtest.Gateway{}, connections: &hubtest.Connections{}, rows: &hubtest.Rows{},
		chunks: &queuetest.Queue{}, deadLetters: &queuetest.Queue{}, clock: clock, log: &bytes.Buffer{},
	}
	log := slog.New(slog.NewTextHandler(b.log, nil))
	b.broadcaster = &broadcast.Broadcaster{
		Rooms: b.worker(), Directory: b.connections,
		Deliverer: deliver.New(deliver.Config{
			Poster: b.gateway, Prober: b.gateway, Remover: b.connections, Clock: clock, Jitter: hubtest.FullJitter, Log: log,
		}),
		Distributor: fanout.Distributor{Queue: b.chunks}, DeadLetters: b.deadLetters, Now: clock.Now, Log: log,
	}
	return b
}

// worker is a log of the rooms that knows nothing yet.
func (b bundle) worker() *roomlog.Log {
	return roomlog.New(roomlog.Config{Store: b.rows, Now: b.clock.Now, NewEpoch: func() string { return "e" }})
}

// join puts n connections of a user into a room.
func (b bundle) join(t *testing.T, room, user string, n int) {
	t.Helper()
	for i := range n {
		c := hub.Connection{ID: fmt.Sprintf("%s-%s-%05d", room, user, i), RoomID: room, UserID: user, Protocol: contract.Subprotocol, ConnectedAt: b.clock.Now().Add(-time.Hour)}
		if err := b.connections.Add(context.Background(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func (b bundle) kept(room string) []hub.Message {
	var messages []hub.Message
	for _, row := range b.rows.Kept(room) {
		messages = append(messages, row.Messages...)
	}
	return messages
}

// records makes records with the ids "1", "2" and so on.
func records(bodies ...string) []queue.Record {
	out := make([]queue.Record, len(bodies))
	for i, body := range bodies {
		out[i] = queue.Record{ID: fmt.Sprint(i + 1), Body: body}
	}
	return out
}

// named makes one record.
func named(id, body string) []queue.Record { return []queue.Record{{ID: id, Body: body}} }

func to(room, data string) string {
	return `{"room_id":"` + room + `","user_id":"backend","data":` + data + `}`
}

func TestEveryRecordIsHandled(t *testing.T) {
	t.Parallel()
	b := setup()
	b.join(t, "a", "ann", 1)
	b.join(t, "b", "bob", 1)
	batch := records(to("a", `1`), to("b", `2`), to("a", `3`), `{"room_id":"a","id":"mine","data":4}`)
	batch[2].SentAt = time.UnixMilli(1_600_000_000_000)
	if failed := b.broadcaster.Broadcast(context.Background(), batch); len(failed) != 0 {
		t.Fatalf("failed %v", failed)
	}
	const now = "1700000000000"
	want := []string{`{"type":"messages","room_id":"a","epoch":"e","after":0,"messages":[` +
		`{"id":"1","room_id":"a","seq":1,"user_id":"backend","time":` + now + `,"data":1},` +
		`{"id":"3","room_id":"a","seq":2,"user_id":"backend","time":1600000000000,"data":3},` +
		`{"id":"mine","room_id":"a","seq":3,"user_id":"","time":` + now + `,"data":4}],"seq":3}`}
	if got := b.gateway.Received("a-ann-00000"); !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := b.gateway.Received("b-bob-00000"); len(got) != 1 || !strings.Contains(got[0], `"seq":1`) {
		t.Errorf("got %s", got)
	}
	if kept := b.kept("a"); len(kept) != 3 || kept[2].ID != "mine" || kept[2].Seq != 3 {
		t.Errorf("kept %+v", kept)
	}
	b.broadcaster.Broadcast(context.Background(), named("another", to("a", `5`)))
	if kept := b.kept("a"); len(kept) != 4 || kept[3].Seq != 4 {
		t.Errorf("kept %+v", kept)
	}
}

func TestPoisonGoesToTheDeadLetterQueue(t *testing.T) {
	t.Parallel()
	t.Run("at once, with the reason, without blocking the rest", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.join(t, "a", "ann", 1)
		large := to("a", `"`+strings.Repeat("x", contract.MaxFrameBytes)+`"`)
		bodies := []string{`not json`, `{"data":1}`, large, to("a", `1`), `{"room_id":7}`}
		if failed := b.broadcaster.Broadcast(context.Background(), records(bodies...)); len(failed) != 0 {
			t.Fatalf("failed %v", failed)
		}
		dead := b.deadLetters.Sent()
		want := []queue.Message{
			{Body: `not json`, Error: `body is not one JSON object: it starts with "not json"`, Permanent: true},
			{Body: `{"data":1}`, Error: "missing field: room_id", Permanent: true},
			{Body: large, Error: "message is too large: its frame has 33043 bytes, at most 32000 are allowed", Permanent: true},
			{Body: `{"room_id":7}`, Error: "invalid field: room_id must be a string, not a number", Permanent: true},
		}
		if len(dead) != len(want) {
			t.Fatalf("got %d dead letters", len(dead))
		}
		for i := range want {
			if dead[i] != want[i] {
				t.Errorf("got %.60q %q, want %q", dead[i].Body, dead[i].Error, want[i].Error)
			}
		}
		if b.gateway.Receivers() != 1 {
			t.Error("the good record did not arrive")
		}
		if strings.Contains(b.log.String(), "not json\"") {
			t.Errorf("the log quotes a body: %s", b.log)
		}
	})
	t.Run("and is reported as failed while that queue does not take it", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.deadLetters.Refuse = func(queue.Message) error { return hubtest.ErrDown }
		if failed := b.broadcaster.Broadcast(context.Background(), records(to("a", `1`), `x`)); !slices.Equal(failed, []string{"2"}) {
			t.Errorf("failed %v", failed)
		}
	})
}

func TestRoomThatFailsFailsItsOwnRecords(t *testing.T) {
	t.Parallel()
	batch := records(to("bad", `1`), to("good", `2`), to("bad", `3`))
	for _, c := range []struct {
		name string
		fail func(b bundle)
		want []string
	}{
		{"when it cannot be kept", func(b bundle) { b.rows.Fail = failing("Put", "bad") }, []string{"1", "3"}},
		{"when its tail cannot be read", func(b bundle) { b.rows.Fail = failing("Until", "bad") }, []string{"1", "3"}},
		{"when its hint cannot be set", func(b bundle) { b.rows.Fail = failing("SetHint", "bad") }, []string{"1", "3"}},
		{"when its connections cannot be read", func(b bundle) { b.connections.Fail = hubtest.ErrDown }, []string{"1", "3", "2"}},
		{"when the fan-out queue refuses the failures", func(b bundle) {
			b.gateway.OnPost = func(_ context.Context, id string, _ int) error {
				if strings.HasPrefix(id, "bad") {
					return deliver.ErrRefused
				}
				return nil
			}
			b.chunks.Refuse = func(queue.Message) error { return hubtest.ErrDown }
		}, []string{"1", "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			b.join(t, "bad", "ann", 1)
			b.join(t, "good", "bob", 1)
			c.fail(b)
			if failed := b.broadcaster.Broadcast(context.Background(), batch); !slices.Equal(failed, c.want) {
				t.Errorf("failed %v, want %v", failed, c.want)
			}
		})
	}
}

// failing lets an operation fail in one room.
func failing(operation, room string) func(string, string) error {
	return func(op, roomID string) error {
		if op == operation && roomID == room {
			return hubtest.ErrDown
		}
		return nil
	}
}

func TestSmallRoomHandsOnWhatFailed(t *testing.T) {
	t.Parallel()
	b := setup()
	b.join(t, "a", "ann", 250)
	b.gateway.OnPost = func(_ context.Context, id string, _ int) error {
		if id == "a-ann-00007" {
			return deliver.ErrThrottled
		}
		return nil
	}
	if failed := b.broadcaster.Broadcast(context.Background(), records(to("a", `1`))); len(failed) != 0 {
		t.Errorf("failed %v", failed)
	}
	sent := b.chunks.Sent()
	if b.gateway.Receivers() != 249 || len(sent) != 1 {
		t.Fatalf("%d receivers, %d chunks", b.gateway.Receivers(), len(sent))
	}
	chunk, err := fanout.Parse([]byte(sent[0].Body))
	if err != nil || chunk.Attempt != 2 || len(chunk.Connections) != 1 || chunk.Connections[0].ID != "a-ann-00007" || sent[0].Delay == 0 {
		t.Errorf("got %+v, %v", chunk, err)
	}
}

func TestLargeRoomIsDeliveredWhole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ connections, page, chunks int }{
		{251, 1000, 2}, {500, 100, 2}, {5000, 1000, 20}, {5000, 130, 20}, {5001, 4999, 21},
	} {
		t.Run(fmt.Sprintf("%d connections in pages of %d", c.connections, c.page), func(t *testing.T) {
			t.Parallel()
			b := setup()
			b.connections.PageSize = c.page
			b.join(t, "a", "ann", c.connections)
			if failed := b.broadcaster.Broadcast(context.Background(), records(to("a", `1`))); len(failed) != 0 {
				t.Fatalf("failed %v", failed)
			}
			if len(b.chunks.Sent()) != c.chunks || b.gateway.Receivers() != 0 {
				t.Errorf("%d chunks, %d posts by the broadcaster", len(b.chunks.Sent()), b.gateway.Receivers())
			}
			b.workOff(t)
			if b.gateway.Receivers() != c.connections {
				t.Errorf("%d receivers", b.gateway.Receivers())
			}
			for id := range c.connections {
				if got := b.gateway.Received(fmt.Sprintf("a-ann-%05d", id)); len(got) != 1 {
					t.Fatalf("connection %d got %d frames", id, len(got))
				}
			}
		})
	}
	t.Run("a refused chunk fails the record", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.join(t, "a", "ann", 600)
		b.chunks.Refuse = func(m queue.Message) error {
			if strings.Contains(m.Body, "a-ann-00599") {
				return hubtest.ErrDown
			}
			return nil
		}
		if failed := b.broadcaster.Broadcast(context.Background(), records(to("a", `1`))); !slices.Equal(failed, []string{"1"}) {
			t.Errorf("failed %v", failed)
		}
	})
}

// workOff delivers the queued chunks.
func (b bundle) workOff(t *testing.T) {
	t.Helper()
	worker := fanout.Worker{
		Deliverer: b.broadcaster.Deliverer, Distributor: fanout.Distributor{Queue: &queuetest.Queue{}},
		DeadLetters: b.deadLetters, Log: b.broadcaster.Log,
	}
	for _, m := range b.chunks.Sent() {
		if err := worker.Handle(context.Background(), m.Body); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMessageToOneUserIsDeliveredOnlyToThem(t *testing.T) {
	t.Parallel()
	b := setup()
	b.join(t, "a", "ann", 2)
	b.join(t, "a", "bob", 1)
	b.join(t, "b", "ann", 1)
	private := `{"room_id":"a","user_id":"backend","to_user_id":"ann","data":"private"}`
	if failed := b.broadcaster.Broadcast(context.Background(), records(private, to("a", `"public"`))); len(failed) != 0 {
		t.Fatalf("failed %v", failed)
	}
	for id, want := range map[string]int{"a-ann-00000": 1, "a-ann-00001": 1, "a-bob-00000": 1, "b-ann-00000": 0} {
		got := b.gateway.Received(id)
		if len(got) != want {
			t.Errorf("%s got %q", id, got)
		}
		if strings.HasPrefix(id, "a-bob") && strings.Contains(strings.Join(got, ""), "private") {
			t.Errorf("%s got what is for ann", id)
		}
	}
}

func TestAudienceThatFailsFailsItsOwnRecords(t *testing.T) {
	t.Parallel()
	b := setup()
	b.join(t, "a", "ann", 1)
	b.join(t, "a", "bob", 1)
	b.gateway.OnPost = func(_ context.Context, id string, _ int) error {
		if strings.HasPrefix(id, "a-bob") {
			return deliver.ErrRefused
		}
		return nil
	}
	b.chunks.Refuse = func(queue.Message) error { return hubtest.ErrDown }
	toAnn, toBob := `{"room_id":"a","to_user_id":"ann","data":1}`, `{"room_id":"a","to_user_id":"bob","data":2}`
	if failed := b.broadcaster.Broadcast(context.Background(), records(toAnn, toBob)); !slices.Equal(failed, []string{"2"}) {
		t.Errorf("failed %v", failed)
	}
}

// TestHistoryComesBeforeTheConnectionsAreRead: who connects in between finds the message in history.
func TestHistoryComesBeforeTheConnectionsAreRead(t *testing.T) {
	t.Parallel()
	b := setup()
	b.broadcaster.Directory = directoryFunc(func() {
		if len(b.kept("a")) != 1 {
			t.Error("the connections were read before the message was kept")
		}
	})
	if failed := b.broadcaster.Broadcast(context.Background(), records(to("a", `1`))); len(failed) != 0 {
		t.Errorf("failed %v", failed)
	}
}

// directoryFunc is a directory of empty rooms that records when it is read.
type directoryFunc func()

func (f directoryFunc) Each(context.Context, string, string, func([]hub.Connection) error) error {
	f()
	return nil
}

func TestTimeIsLeftToReport(t *testing.T) {
	t.Parallel()
	b := setup()
	b.join(t, "a", "ann", 3)
	ctx, cancel := context.WithTimeout(context.Background(), deadline.Reserve/2)
	defer cancel()
	failed := b.broadcaster.Broadcast(ctx, records(to("a", `1`)))
	if len(failed) != 0 || b.gateway.Receivers() != 0 || len(b.chunks.Sent()) != 1 {
		t.Errorf("failed %v, %d receivers, %d chunks", failed, b.gateway.Receivers(), len(b.chunks.Sent()))
	}
	if err := ctx.Err(); errors.Is(err, context.DeadlineExceeded) {
		t.Error("no time was left")
	}
}
