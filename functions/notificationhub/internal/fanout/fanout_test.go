package fanout_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/queue/queuetest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/fanout"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

func connections(n int) []hub.Connection {
	out := make([]hub.Connection, n)
	for i := range out {
		out[i] = hub.Connection{ID: fmt.Sprintf("c%d", i), RoomID: "r", Protocol: contract.Subprotocol, ConnectedAt: time.UnixMilli(7)}
	}
	return out
}

func delivery(n int) hub.Delivery {
	return hub.Delivery{RoomID: "r", Epoch: "e", Seq: int64(n), Messages: messages(n)}
}

func messages(n int) []hub.Message {
	out := make([]hub.Message, n)
	for i := range out {
		out[i] = hub.Message{ID: fmt.Sprint("m", i+1), RoomID: "r", Seq: int64(i + 1), UserID: "u", Time: 5, Data: json.RawMessage(`"<b>"`)}
	}
	return out
}

// parsed reads the chunks that a queue took.
func parsed(t *testing.T, q *queuetest.Queue) []fanout.Chunk {
	t.Helper()
	var chunks []fanout.Chunk
	for _, m := range q.Sent() {
		c, err := fanout.Parse([]byte(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		chunks = append(chunks, c)
	}
	return chunks
}

func TestDistribute(t *testing.T) {
	t.Parallel()
	t.Run("makes chunks of 250 connections", func(t *testing.T) {
		t.Parallel()
		sent := &queuetest.Queue{}
		if err := (fanout.Distributor{Queue: sent}).Distribute(context.Background(), delivery(2), connections(501)); err != nil {
			t.Fatal(err)
		}
		chunks := parsed(t, sent)
		if len(chunks) != 3 || len(chunks[0].Connections) != 250 || len(chunks[1].Connections) != 250 || len(chunks[2].Connections) != 1 {
			t.Fatalf("got %d chunks", len(chunks))
		}
		if len(chunks[0].Messages) != 2 || chunks[0].RoomID != "r" || chunks[0].Attempt != 1 {
			t.Errorf("got %+v", chunks[0])
		}
		const want = `{"room_id":"r","epoch":"e","seq":2,"messages":[{"id":"m1","room_id":"r","seq":1,"user_id":"u","time":5,"data":"<b>"},{"id":"m2","room_id":"r","seq":2,"user_id":"u","time":5,"data":"<b>"}],"connections":[{"id":"c500","protocol":"hermes.v1","connected_at":7}],"attempt":1}`
		if got := sent.Sent()[2]; got.Body != want || got.Group != queue.Group("r") || got.Delay != 0 || got.Error != "" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("fails when one chunk is refused", func(t *testing.T) {
		t.Parallel()
		sent := &queuetest.Queue{Refuse: func(m queue.Message) error {
			if strings.Contains(m.Body, `"c500"`) {
				return hubtest.ErrDown
			}
			return nil
		}}
		err := (fanout.Distributor{Queue: sent}).Distribute(context.Background(), delivery(1), connections(501))
		if !errors.Is(err, hubtest.ErrDown) || err.Error() != "fanout: queue 3 chunks: service is down" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("fails when a message does not encode", func(t *testing.T) {
		t.Parallel()
		broken := hub.Delivery{RoomID: "r", Messages: []hub.Message{{ID: "m", Data: json.RawMessage(`{`)}}}
		err := (fanout.Distributor{Queue: &queuetest.Queue{}}).Distribute(context.Background(), broken, connections(1))
		if err == nil || !strings.HasPrefix(err.Error(), `fanout: chunk of room "r": `) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRetry(t *testing.T) {
	t.Parallel()
	t.Run("sends each connection only what it has not got", func(t *testing.T) {
		t.Parallel()
		sent := &queuetest.Queue{}
		room := connections(3)
		failures := []deliver.Failure{{Connection: room[0], Delivered: 2}, {Connection: room[1]}, {Connection: room[2], Delivered: 2}}
		if err := (fanout.Distributor{Queue: sent}).Retry(context.Background(), delivery(3), failures, 1); err != nil {
			t.Fatal(err)
		}
		chunks := parsed(t, sent)
		if len(chunks) != 2 || len(chunks[0].Messages) != 3 || len(chunks[0].Connections) != 1 || chunks[0].Connections[0].ID != "c1" ||
			len(chunks[1].Messages) != 1 || chunks[1].Messages[0].Seq != 3 || chunks[1].After != 2 || chunks[1].Seq != 3 || len(chunks[1].Connections) != 2 || chunks[1].Attempt != 2 {
			t.Errorf("got %+v", chunks)
		}
	})
	t.Run("counts no attempt where time was over before it", func(t *testing.T) {
		t.Parallel()
		sent := &queuetest.Queue{}
		room := connections(2)
		failures := []deliver.Failure{{Connection: room[0], Err: deliver.ErrUnavailable}, {Connection: room[1], Err: deliver.ErrNoTime}}
		if err := (fanout.Distributor{Queue: sent}).Retry(context.Background(), delivery(1), failures, 4); err != nil {
			t.Fatal(err)
		}
		chunks := parsed(t, sent)
		if len(chunks) != 2 || chunks[0].Attempt != 5 || chunks[1].Attempt != 4 || chunks[1].Connections[0].ID != "c1" || sent.Sent()[1].Delay != 0 {
			t.Errorf("got %+v", chunks)
		}
	})
	for _, c := range []struct {
		attempt int
		want    time.Duration
	}{{1, 2 * time.Second}, {2, 8 * time.Second}, {3, 32 * time.Second}, {4, 128 * time.Second}, {9, 15 * time.Minute}, {1000, 15 * time.Minute}} {
		t.Run(fmt.Sprintf("waits %v after attempt %d", c.want, c.attempt), func(t *testing.T) {
			t.Parallel()
			sent := &queuetest.Queue{}
			failures := []deliver.Failure{{Connection: connections(1)[0]}}
			if err := (fanout.Distributor{Queue: sent}).Retry(context.Background(), delivery(1), failures, c.attempt); err != nil {
				t.Fatal(err)
			}
			if got := sent.Sent()[0].Delay; got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
	t.Run("waits up to as much again, by chance", func(t *testing.T) {
		t.Parallel()
		sent := &queuetest.Queue{}
		failures := []deliver.Failure{{Connection: connections(1)[0]}}
		d := fanout.Distributor{Queue: sent, Jitter: hubtest.FullJitter}
		if err := d.Retry(context.Background(), delivery(1), failures, 2); err != nil {
			t.Fatal(err)
		}
		if got := sent.Sent()[0].Delay; got != 16*time.Second {
			t.Errorf("got %v", got)
		}
	})
}

// stubDeliverer fails for some connections and remembers what it was asked.
type stubDeliverer struct {
	failures []deliver.Failure
	asked    []hub.Connection
	deadline time.Time
}

func (s *stubDeliverer) Deliver(ctx context.Context, _ hub.Delivery, connections []hub.Connection) []deliver.Failure {
	s.asked = connections
	s.deadline, _ = ctx.Deadline()
	return s.failures
}

// A bundle is a worker with its queues.
type bundle struct {
	worker      fanout.Worker
	deliverer   *stubDeliverer
	gateway     *hubtest.Gateway
	queue, dead *queuetest.Queue
}

func setup(failures ...deliver.Failure) bundle {
	b := bundle{deliverer: &stubDeliverer{failures: failures}, gateway: &hubtest.Gateway{}, queue: &queuetest.Queue{}, dead: &queuetest.Queue{}}
	b.worker = fanout.Worker{
		Deliverer: b.deliverer, Closer: b.gateway, Distributor: fanout.Distributor{Queue: b.queue}, DeadLetters: b.dead,
		Log: slog.New(slog.DiscardHandler),
	}
	return b
}

func chunkBody(t *testing.T, attempt int) string {
	t.Helper()
	body, err := plainjson.Marshal(fanout.Split(delivery(2), connections(2), attempt)[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestWorker(t *testing.T) {
	t.Parallel()
	failure := deliver.Failure{Connection: connections(1)[0], Delivered: 1, Err: deliver.ErrThrottled}

	t.Run("delivers a chunk", func(t *testing.T) {
		t.Parallel()
		b := setup()
		if err := b.worker.Handle(context.Background(), chunkBody(t, 1)); err != nil {
			t.Fatal(err)
		}
		want := connections(2)
		if len(b.deliverer.asked) != 2 || b.deliverer.asked[1] != want[1] || len(b.queue.Sent())+len(b.dead.Sent()) != 0 {
			t.Errorf("got %+v", b.deliverer.asked)
		}
	})
	t.Run("queues what failed as the next attempt", func(t *testing.T) {
		t.Parallel()
		b := setup(failure)
		if err := b.worker.Handle(context.Background(), chunkBody(t, 4)); err != nil {
			t.Fatal(err)
		}
		chunks := parsed(t, b.queue)
		if len(chunks) != 1 || chunks[0].Attempt != 5 || len(chunks[0].Connections) != 1 || len(chunks[0].Messages) != 1 || b.queue.Sent()[0].Delay != 128*time.Second {
			t.Errorf("got %+v", chunks)
		}
	})
	t.Run("gives up after five attempts, and closes the connection", func(t *testing.T) {
		t.Parallel()
		b := setup(failure)
		if err := b.worker.Handle(context.Background(), chunkBody(t, 5)); err != nil {
			t.Fatal(err)
		}
		if len(b.queue.Sent())+len(b.dead.Sent()) != 0 || !slices.Equal(b.gateway.Closed(), []string{"c0"}) {
			t.Errorf("closed %v, %d dead letters", b.gateway.Closed(), len(b.dead.Sent()))
		}
	})
	t.Run("gives up a classic connection as a dead letter too, with the reason, ready to be sent back", func(t *testing.T) {
		t.Parallel()
		classic := failure
		classic.Connection.Protocol = ""
		b := setup(classic)
		if err := b.worker.Handle(context.Background(), chunkBody(t, 5)); err != nil {
			t.Fatal(err)
		}
		dead := b.dead.Sent()
		if len(b.queue.Sent()) != 0 || len(b.gateway.Closed()) != 1 || len(dead) != 1 || dead[0].Error != "1 connections failed 5 times, the first: throttled" {
			t.Fatalf("got %+v", dead)
		}
		chunk, err := fanout.Parse([]byte(dead[0].Body))
		if err != nil || chunk.Attempt != 1 || len(chunk.Connections) != 1 {
			t.Errorf("got %+v, %v", chunk, err)
		}
	})
	t.Run("fails until the connection is closed", func(t *testing.T) {
		t.Parallel()
		b := setup(failure)
		b.gateway.OnClose = func(string) error { return deliver.ErrUnavailable }
		if err := b.worker.Handle(context.Background(), chunkBody(t, 5)); err == nil || err.Error() != "fanout: close 1 connections: unavailable" {
			t.Errorf("got %v", err)
		}
		b.gateway.OnClose = func(string) error { return deliver.ErrGone }
		if err := b.worker.Handle(context.Background(), chunkBody(t, 5)); err != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("gives up a notice in silence", func(t *testing.T) {
		t.Parallel()
		b := setup(failure)
		err := b.worker.Handle(context.Background(), `{"room_id":"r","notice":{"type":"reconnect","within":60},"connections":[{"id":"c0"}],"attempt":5}`)
		if err != nil || len(b.gateway.Closed())+len(b.dead.Sent()) != 0 {
			t.Errorf("got %v, closed %v", err, b.gateway.Closed())
		}
	})
	t.Run("sends what is no chunk to the dead-letter queue", func(t *testing.T) {
		t.Parallel()
		b := setup()
		if err := b.worker.Handle(context.Background(), `{"room_id":"r"}`); err != nil {
			t.Fatal(err)
		}
		dead := b.dead.Sent()
		if len(dead) != 1 || dead[0].Body != `{"room_id":"r"}` || dead[0].Error != "fanout: invalid chunk: 0 messages to 0 connections" {
			t.Errorf("got %+v", dead)
		}
	})
	t.Run("fails when nobody takes what failed", func(t *testing.T) {
		t.Parallel()
		b := setup(failure)
		b.queue.Refuse = func(queue.Message) error { return hubtest.ErrDown }
		if err := b.worker.Handle(context.Background(), chunkBody(t, 1)); err == nil || err.Error() != "fanout: queue 1 chunks: service is down" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("fails when the dead letter cannot be sent", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.dead.Refuse = func(queue.Message) error { return hubtest.ErrDown }
		if err := b.worker.Handle(context.Background(), `x`); err == nil || err.Error() != "fanout: dead letter: service is down" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("keeps a second back to report", func(t *testing.T) {
		t.Parallel()
		b := setup()
		end := time.Now().Add(time.Hour)
		ctx, cancel := context.WithDeadline(context.Background(), end)
		defer cancel()
		if err := b.worker.Handle(ctx, chunkBody(t, 1)); err != nil || !b.deliverer.deadline.Equal(end.Add(-deadline.Reserve)) {
			t.Errorf("got %v, deadline %v", err, b.deliverer.deadline)
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"text", `x`, "fanout: invalid chunk: invalid character 'x' looking for beginning of value"},
		{"no room", `{"messages":[{}],"connections":[{"id":"c"}]}`, "fanout: invalid chunk: room_id is missing"},
		{"nobody to deliver to", `{"room_id":"r","messages":[{}]}`, "fanout: invalid chunk: 1 messages to 0 connections"},
		{"a connection without id", `{"room_id":"r","messages":[{}],"connections":[{}]}`, "fanout: invalid chunk: connection 0 has no id"},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, err := fanout.Parse([]byte(c.body)); !errors.Is(err, fanout.ErrInvalidChunk) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("a chunk without attempt is the first", func(t *testing.T) {
		t.Parallel()
		c, err := fanout.Parse([]byte(`{"room_id":"r","messages":[{"id":"m"}],"connections":[{"id":"c"}]}`))
		if err != nil || c.Attempt != 1 || string(c.Messages[0].Data) != "null" {
			t.Errorf("got %+v, %v", c, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"room_id":"r","messages":[{"id":"m","data":{"a":1}}],"connections":[{"id":"c","connected_at":7}],"attempt":2}`))
	f.Add([]byte(`{"room_id":"r","messages":[null],"connections":[null],"attempt":-1}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := fanout.Parse(body)
		if err != nil {
			if !errors.Is(err, fanout.ErrInvalidChunk) {
				t.Errorf("got %v", err)
			}
			return
		}
		again, err := plainjson.Marshal(c)
		if err != nil {
			t.Fatalf("what was parsed does not encode: %v", err)
		}
		if _, err := fanout.Parse(again); err != nil || c.Attempt < 1 {
			t.Errorf("%s: attempt %d, %v", again, c.Attempt, err)
		}
	})
}
