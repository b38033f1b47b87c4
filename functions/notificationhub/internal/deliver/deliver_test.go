package deliver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

// A bundle is a deliverer with all it needs.
type bundle struct {
	deliverer *deliver.Deliverer
	gateway   *hubtest.Gateway
	table     *hubtest.Connections
	clock     *clock.Fake
}

func setup() bundle {
	b := bundle{gateway: &hubtest.Gateway{}, table: &hubtest.Connections{}, clock: clock.NewFake()}
	b.deliverer = deliver.New(deliver.Config{
		Poster: b.gateway, Prober: b.gateway, Remover: b.table, Clock: b.clock,
		Jitter: hubtest.FullJitter, Log: slog.New(slog.DiscardHandler),
	})
	return b
}

// room makes n connections that are an hour old.
func (b bundle) room(t *testing.T, n int) []hub.Connection {
	t.Helper()
	connections := make([]hub.Connection, n)
	for i := range connections {
		connections[i] = hub.Connection{
			ID: fmt.Sprintf("c%d", i), RoomID: "r", UserID: "u", Protocol: contract.Subprotocol,
			ConnectedAt: b.clock.Now().Add(-time.Hour),
		}
		if err := b.table.Add(context.Background(), connections[i]); err != nil {
			t.Fatal(err)
		}
	}
	return connections
}

func (b bundle) rows(t *testing.T) []string {
	t.Helper()
	var ids []string
	err := b.table.Each(context.Background(), "r", "", func(page []hub.Connection) error {
		for _, c := range page {
			ids = append(ids, c.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func delivery(n int) hub.Delivery {
	return hub.Delivery{RoomID: "r", Epoch: "e", Seq: int64(n), Messages: messages(n)}
}

func messages(n int) []hub.Message {
	out := make([]hub.Message, n)
	for i := range out {
		out[i] = hub.Message{ID: fmt.Sprint("m", i+1), RoomID: "r", Seq: int64(i + 1), UserID: "u", Data: json.RawMessage(`1`)}
	}
	return out
}

// only lets posts to one connection fail.
func only(id string, fail func(try int) error) func(context.Context, string, int) error {
	return func(_ context.Context, connectionID string, try int) error {
		if connectionID != id {
			return nil
		}
		return fail(try)
	}
}

func always(err error) func(int) error { return func(int) error { return err } }

func TestEveryConnectionGetsItsFrames(t *testing.T) {
	t.Parallel()
	b := setup()
	connections := b.room(t, 600)
	connections[7].Protocol = ""
	connections[8].After = 1
	if failures := b.deliverer.Deliver(context.Background(), delivery(2), connections); len(failures) != 0 {
		t.Fatalf("failures %v", failures)
	}
	if b.gateway.Receivers() != 600 {
		t.Errorf("%d receivers", b.gateway.Receivers())
	}
	if got := b.gateway.Received("c0"); len(got) != 1 || !strings.HasPrefix(got[0], `{"type":"messages","room_id":"r","epoch":"e","after":0,`) {
		t.Errorf("a hermes.v1 client got %q", got)
	}
	if got := b.gateway.Received("c8"); len(got) != 1 || !strings.HasPrefix(got[0], `{"type":"messages","room_id":"r","epoch":"e","after":1,`) {
		t.Errorf("a client with numbers of its own got %q", got)
	}
	if got := b.gateway.Received("c7"); len(got) != 2 || !strings.HasPrefix(got[0], `{"user_id":"u"`) {
		t.Errorf("a classic client got %q", got)
	}
}

func TestGoneRemovesThatRowOnly(t *testing.T) {
	t.Parallel()
	b := setup()
	connections := b.room(t, 3)
	b.gateway.OnPost = only("c1", always(deliver.ErrGone))
	if failures := b.deliverer.Deliver(context.Background(), delivery(1), connections); len(failures) != 0 {
		t.Errorf("failures %v", failures)
	}
	if got := b.rows(t); !slices.Equal(got, []string{"c0", "c2"}) {
		t.Errorf("rows %v", got)
	}
	if b.gateway.Tries("c1") != 1 || b.gateway.Probes("c1") != 0 {
		t.Errorf("%d posts, %d probes", b.gateway.Tries("c1"), b.gateway.Probes("c1"))
	}
}

func TestRowThatCannotBeRemovedIsNoFailure(t *testing.T) {
	t.Parallel()
	b := setup()
	connections := b.room(t, 2)
	b.gateway.OnPost = only("c1", always(deliver.ErrGone))
	b.table.Fail = hubtest.ErrDown
	if failures := b.deliverer.Deliver(context.Background(), delivery(1), connections); len(failures) != 0 {
		t.Errorf("failures %v", failures)
	}
}

func TestGoneIsConfirmedForAYoungConnection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		probe    error
		posts    []error // what the posts meet, in turn
		row      bool
		failures int
		received int
	}{
		{"gone indeed: its row is removed", deliver.ErrGone, []error{deliver.ErrGone}, false, 0, 0},
		{"there after all: it is posted to again", nil, []error{deliver.ErrGone, nil}, true, 0, 1},
		{"said to be gone again: its row is removed", nil, []error{deliver.ErrGone, deliver.ErrGone}, false, 0, 0},
		{"nobody knows: it has failed and keeps its row", hubtest.ErrDown, []error{deliver.ErrGone, deliver.ErrUnavailable}, true, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			connections := b.room(t, 1)
			connections[0].ConnectedAt = b.clock.Now().Add(-9 * time.Second)
			b.gateway.OnPost = func(_ context.Context, _ string, try int) error { return c.posts[try-1] }
			b.gateway.OnProbe = func(string) error { return c.probe }
			failures := b.deliverer.Deliver(context.Background(), delivery(1), connections)
			if len(failures) != c.failures || len(b.gateway.Received("c0")) != c.received || (len(b.rows(t)) == 1) != c.row {
				t.Errorf("failures %v, received %v, rows %v", failures, b.gateway.Received("c0"), b.rows(t))
			}
			if b.gateway.Probes("c0") != 1 {
				t.Errorf("%d probes", b.gateway.Probes("c0"))
			}
			if got := b.clock.Slept()[0]; got != 500*time.Millisecond {
				t.Errorf("it was looked for after %v", got)
			}
		})
	}
}

func TestThrottledIsRetriedWithBackoff(t *testing.T) {
	t.Parallel()
	t.Run("until it succeeds", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.gateway.OnPost = func(_ context.Context, _ string, try int) error {
			if try < 5 {
				return fmt.Errorf("429: %w", deliver.ErrThrottled)
			}
			return nil
		}
		if failures := b.deliverer.Deliver(context.Background(), delivery(1), b.room(t, 1)); len(failures) != 0 {
			t.Errorf("failures %v", failures)
		}
		want := []time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}
		if got := b.clock.Slept(); !slices.Equal(got, want) {
			t.Errorf("slept %v, want %v", got, want)
		}
	})
	t.Run("five times and no more, and keeps the row", func(t *testing.T) {
		t.Parallel()
		b := setup()
		connections := b.room(t, 2)
		b.gateway.OnPost = only("c1", always(deliver.ErrThrottled))
		failures := b.deliverer.Deliver(context.Background(), delivery(1), connections)
		if len(failures) != 1 || failures[0].Connection != connections[1] || failures[0].Delivered != 0 || !errors.Is(failures[0].Err, deliver.ErrThrottled) {
			t.Errorf("failures %v", failures)
		}
		if b.gateway.Tries("c1") != 5 || len(b.rows(t)) != 2 {
			t.Errorf("%d tries, rows %v", b.gateway.Tries("c1"), b.rows(t))
		}
	})
	t.Run("with jitter", func(t *testing.T) {
		t.Parallel()
		b := setup()
		var asked []time.Duration
		d := deliver.New(deliver.Config{
			Poster: b.gateway, Prober: b.gateway, Remover: b.table, Clock: b.clock, Log: slog.New(slog.DiscardHandler),
			Jitter: func(most time.Duration) time.Duration { asked = append(asked, most); return 0 },
		})
		b.gateway.OnPost = only("c0", always(deliver.ErrThrottled))
		d.Deliver(context.Background(), delivery(1), b.room(t, 1))
		if len(asked) != 4 || b.clock.Slept()[3] != 0 {
			t.Errorf("jitter asked for %v, slept %v", asked, b.clock.Slept())
		}
	})
}

func TestOneFailureDoesNotFailOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		err   error
		tries int
	}{
		{"unavailable is tried twice", deliver.ErrUnavailable, 2},
		{"refused is tried once", deliver.ErrRefused, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			connections := b.room(t, 50)
			b.gateway.OnPost = only("c9", always(c.err))
			failures := b.deliverer.Deliver(context.Background(), delivery(1), connections)
			if len(failures) != 1 || failures[0].Connection.ID != "c9" || !errors.Is(failures[0].Err, c.err) {
				t.Errorf("failures %v", failures)
			}
			if b.gateway.Receivers() != 49 || b.gateway.Tries("c9") != c.tries || len(b.rows(t)) != 50 {
				t.Errorf("%d receivers, %d tries, %d rows", b.gateway.Receivers(), b.gateway.Tries("c9"), len(b.rows(t)))
			}
		})
	}
}

// TestThrottledConnectionHoldsNoSlot fills the pool with a throttled connection: the other must be served while it waits.
func TestThrottledConnectionHoldsNoSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup()
		d := deliver.New(deliver.Config{
			Poster: b.gateway, Prober: b.gateway, Remover: b.table, Concurrency: 1, Jitter: hubtest.FullJitter, Log: slog.New(slog.DiscardHandler),
		})
		var posted []string // no lock: one post at a time
		b.gateway.OnPost = func(_ context.Context, id string, try int) error {
			posted = append(posted, id)
			if id == "c0" && try == 1 {
				return deliver.ErrThrottled
			}
			return nil
		}
		if failures := d.Deliver(t.Context(), delivery(1), b.room(t, 2)); len(failures) != 0 {
			t.Errorf("failures %v", failures)
		}
		if got := strings.Join(posted, " "); got != "c0 c1 c0" {
			t.Errorf("posted to %s", got)
		}
	})
}

func TestEachPostHasItsOwnDeadline(t *testing.T) {
	t.Parallel()
	b := setup()
	var mu sync.Mutex
	deadlines := map[string]time.Duration{}
	b.gateway.OnPost = func(ctx context.Context, id string, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		if end, ok := ctx.Deadline(); ok {
			deadlines[id] = time.Until(end)
		}
		return nil
	}
	b.deliverer.Deliver(context.Background(), delivery(1), b.room(t, 3))
	for _, id := range []string{"c0", "c1", "c2"} {
		if left := deadlines[id]; left <= 0 || left > deliver.PostTimeout {
			t.Errorf("%s has %v", id, left)
		}
	}
}

func TestFailureSaysHowMuchArrived(t *testing.T) {
	t.Parallel()
	b := setup()
	connections := b.room(t, 1)
	connections[0].Protocol = ""
	b.gateway.OnPost = func(_ context.Context, _ string, try int) error {
		if try == 3 {
			return deliver.ErrRefused
		}
		return nil
	}
	failures := b.deliverer.Deliver(context.Background(), delivery(5), connections)
	if len(failures) != 1 || failures[0].Delivered != 2 || b.gateway.Tries("c0") != 3 {
		t.Errorf("failures %+v, %d tries", failures, b.gateway.Tries("c0"))
	}
}

func TestAfterTheEndTheRestHasFailed(t *testing.T) {
	t.Parallel()
	b := setup()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	failures := b.deliverer.Deliver(ctx, delivery(1), b.room(t, 3))
	if len(failures) != 3 || !errors.Is(failures[0].Err, deliver.ErrNoTime) || b.gateway.Receivers() != 0 || len(b.rows(t)) != 3 {
		t.Errorf("failures %v, reached %d", failures, b.gateway.Receivers())
	}
}

func TestMessageThatDoesNotEncodeFailsItsConnections(t *testing.T) {
	t.Parallel()
	b := setup()
	broken := hub.Delivery{RoomID: "r", Messages: []hub.Message{{ID: "m", Data: json.RawMessage(`{`)}}}
	if failures := b.deliverer.Deliver(context.Background(), broken, b.room(t, 2)); len(failures) != 2 {
		t.Errorf("failures %v", failures)
	}
}
