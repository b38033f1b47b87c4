package hubtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// Tables is a set of empty tables, of any implementation.
type Tables struct {
	Connections interface {
		Add(ctx context.Context, c hub.Connection) error
		Remove(ctx context.Context, c hub.Connection) error
		Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error
		Since(ctx context.Context, roomID string, at time.Time, page func([]hub.Connection) error) error
	}
	Rows     roomlog.Store
	Tokens   admission.FactorStore
	PutToken func(userID, roomID string, row admission.Row) // stores a factor as a backend does
	Clock    *clock.Fake                                    // the tables' clock
}

// Retention is how long history answers rows of the tables under test.
const Retention = 10 * time.Minute

// TestTables tests an implementation of the tables for what the hub relies on. The tests use different rooms, so that one
// set of tables serves them all.
func TestTables(t *testing.T, tables Tables) {
	t.Run("a connection is found in its room until it is removed", func(t *testing.T) { testConnection(t, tables) })
	t.Run("a user's connections are found in the room only", func(t *testing.T) { testUserConnections(t, tables) })
	t.Run("those who connected lately are found by the time", func(t *testing.T) { testSince(t, tables) })
	t.Run("a room of 5,000 connections is read whole", func(t *testing.T) { testLargeRoom(t, tables) })
	t.Run("reading stops at the first error", func(t *testing.T) { testStop(t, tables) })
	t.Run("rows come back in either order, as they were kept", func(t *testing.T) { testRows(t, tables) })
	t.Run("a number is taken once", func(t *testing.T) { testTaken(t, tables) })
	t.Run("a hint never goes back", func(t *testing.T) { testHint(t, tables) })
	t.Run("workers that know little of each other number without a gap", func(t *testing.T) { testWorkers(t, tables) })
	t.Run("a factor is found for its user and room only", func(t *testing.T) { testFactor(t, tables) })
}

func testConnection(t *testing.T, tables Tables) {
	ctx := context.Background()
	c := hub.Connection{ID: "L0SM9cOFvHcCIhw=", RoomID: "one", UserID: "ann", Protocol: "hermes.v1", ConnectedAt: time.UnixMilli(1_700_000_000_123)}
	classic := hub.Connection{ID: "M1", RoomID: "one", UserID: "bob", ConnectedAt: time.UnixMilli(1_700_000_000_124)}
	check(t, tables.Connections.Add(ctx, c))
	check(t, tables.Connections.Add(ctx, classic))
	if got := all(t, tables, "one", ""); !slices.Equal(got, []hub.Connection{c, classic}) {
		t.Errorf("got %+v", got)
	}
	never, elsewhere := c, classic
	never.ID, elsewhere.RoomID = "never there", "another room"
	for _, gone := range []hub.Connection{c, never, elsewhere} {
		check(t, tables.Connections.Remove(ctx, gone))
	}
	if got := all(t, tables, "one", ""); !slices.Equal(got, []hub.Connection{classic}) {
		t.Errorf("after removal: got %+v", got)
	}
}

func testSince(t *testing.T, tables Tables) {
	ctx := context.Background()
	for i, at := range []int64{9_999, 1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002} {
		c := hub.Connection{ID: fmt.Sprintf("%d", 9-i), RoomID: "since", UserID: "ann", ConnectedAt: time.UnixMilli(at)}
		check(t, tables.Connections.Add(ctx, c))
	}
	var got []string
	check(t, tables.Connections.Since(ctx, "since", time.UnixMilli(1_700_000_000_001), func(page []hub.Connection) error {
		for _, c := range page {
			got = append(got, c.ID)
		}
		return nil
	}))
	if !slices.Equal(got, []string{"7", "6"}) {
		t.Errorf("got %v", got)
	}
}

func testUserConnections(t *testing.T, tables Tables) {
	ctx := context.Background()
	for _, c := range []hub.Connection{
		{ID: "u1", RoomID: "users", UserID: "ann"},
		{ID: "u2", RoomID: "users", UserID: "ann"},
		{ID: "u3", RoomID: "users", UserID: "bob"},
		{ID: "u4", RoomID: "users 2", UserID: "ann"},
	} {
		c.ConnectedAt, c.Protocol = time.UnixMilli(7), "hermes.v1"
		check(t, tables.Connections.Add(ctx, c))
	}
	got := all(t, tables, "users", "ann")
	if len(got) != 2 || got[0].ID != "u1" || got[1].ID != "u2" {
		t.Fatalf("got %+v", got)
	}
	if want := (hub.Connection{ID: "u1", RoomID: "users", UserID: "ann", Protocol: "hermes.v1", ConnectedAt: time.UnixMilli(7)}); got[0] != want {
		t.Errorf("got %+v", got[0])
	}
}

func testLargeRoom(t *testing.T, tables Tables) {
	const n = 5000
	// Long names make the room larger than the 1 MB of a page.
	user := strings.Repeat("u", 200)
	for i := range n {
		c := hub.Connection{ID: fmt.Sprintf("%04d", i), RoomID: "large", UserID: user, Protocol: "hermes.v1", ConnectedAt: time.UnixMilli(1)}
		check(t, tables.Connections.Add(context.Background(), c))
	}
	pages, seen := 0, map[string]bool{}
	check(t, tables.Connections.Each(context.Background(), "large", "", func(page []hub.Connection) error {
		pages++
		for _, c := range page {
			seen[c.ID] = true
		}
		return nil
	}))
	if len(seen) != n || pages < 2 {
		t.Errorf("got %d connections in %d pages", len(seen), pages)
	}
}

func testStop(t *testing.T, tables Tables) {
	check(t, tables.Connections.Add(context.Background(), hub.Connection{ID: "1", RoomID: "stop", UserID: "u", ConnectedAt: time.UnixMilli(1)}))
	err := tables.Connections.Each(context.Background(), "stop", "", func([]hub.Connection) error { return errStop })
	if !errors.Is(err, errStop) {
		t.Errorf("got %v", err)
	}
}

func row(roomID string, first int64, at time.Time, messages ...hub.Message) roomlog.Row {
	for i := range messages {
		messages[i].RoomID, messages[i].Seq = roomID, first+int64(i)
	}
	return roomlog.Row{RoomID: roomID, Epoch: "e", First: first, Time: at, Messages: messages}
}

func testRows(t *testing.T, tables Tables) {
	ctx, at := context.Background(), tables.Clock.Now()
	kept := []roomlog.Row{
		row("rows", 1, at,
			hub.Message{ID: "m1", RecordID: "r1", UserID: "ann", ToUserID: "bob", Time: 1_700_000_000_123, Data: json.RawMessage(`{"text":"ünï <b>"}`)},
			hub.Message{ID: "m2", RecordID: "m2", Data: json.RawMessage(`null`)}), // a backend may send without a name
		row("rows", 3, at, hub.Message{ID: "m3", RecordID: "m3", Data: json.RawMessage(`1`)}),
		row("rows", 4, at.Add(time.Second), hub.Message{ID: "m4", RecordID: "m4", Data: json.RawMessage(`2`)}),
	}
	for _, i := range []int{1, 0, 2} {
		check(t, tables.Rows.Put(ctx, kept[i]))
	}
	for i := range kept {
		kept[i].Until = kept[i].Time.Add(Retention)
	}
	for _, c := range []struct {
		name string
		read func(ctx context.Context, roomID string, seq int64, limit int) ([]roomlog.Row, bool, error)
		seq  int64
		most int
		want []roomlog.Row
		more bool
	}{
		{"since the beginning", tables.Rows.Since, 1, 10, kept, false},
		{"since the middle of a row", tables.Rows.Since, 2, 10, kept[1:], false},
		{"since the end", tables.Rows.Since, 5, 10, nil, false},
		{"since the beginning, some", tables.Rows.Since, 1, 2, kept[:2], true},
		{"until the end", tables.Rows.Until, math.MaxInt64, 10, []roomlog.Row{kept[2], kept[1], kept[0]}, false},
		{"until the end, the last", tables.Rows.Until, math.MaxInt64, 1, kept[2:], true},
		{"until the middle of a row", tables.Rows.Until, 2, 10, kept[:1], false},
	} {
		got, more, err := c.read(ctx, "rows", c.seq, c.most)
		check(t, err)
		if len(got) == 0 {
			got = nil
		}
		if !reflect.DeepEqual(got, c.want) || more != c.more {
			t.Errorf("%s: got  %+v, more %v\nwant %+v", c.name, got, more, c.want)
		}
	}
	got, _, err := tables.Rows.Since(ctx, "another room", 1, 10)
	check(t, err)
	if len(got) > 0 {
		t.Errorf("another room has %+v", got)
	}
}

func testTaken(t *testing.T, tables Tables) {
	ctx, at := context.Background(), tables.Clock.Now()
	check(t, tables.Rows.Put(ctx, row("taken", 1, at, hub.Message{ID: "first", RecordID: "first", Data: json.RawMessage(`1`)})))
	err := tables.Rows.Put(ctx, row("taken", 1, at, hub.Message{ID: "second", RecordID: "second", Data: json.RawMessage(`1`)}))
	if !errors.Is(err, roomlog.ErrTaken) {
		t.Errorf("got %v", err)
	}
	rows, _, err := tables.Rows.Since(ctx, "taken", 1, 10)
	check(t, err)
	if len(rows) != 1 || rows[0].Messages[0].ID != "first" {
		t.Errorf("got %+v", rows)
	}
}

func testHint(t *testing.T, tables Tables) {
	ctx := context.Background()
	for _, c := range []struct{ set, want int64 }{{0, 0}, {3, 3}, {2, 3}, {3, 3}, {4, 4}} {
		if c.set > 0 {
			check(t, tables.Rows.SetHint(ctx, "hint", hub.Position{Epoch: fmt.Sprint("epoch of ", c.set), Seq: c.set}))
		}
		got, err := tables.Rows.Hint(ctx, "hint")
		check(t, err)
		if got.Seq != c.want || (c.want > 0) != (got.Epoch == fmt.Sprint("epoch of ", c.want)) {
			t.Errorf("after %d: got %+v, want %d", c.set, got, c.want)
		}
	}
}

// testWorkers lets workers append the same and other records, all at once.
func testWorkers(t *testing.T, tables Tables) {
	const workers, records = 4, 40
	var all sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		log := roomlog.New(roomlog.Config{Store: tables.Rows, Now: tables.Clock.Now})
		all.Go(func() {
			for i := range records {
				record := fmt.Sprint("r", (i+w*records/workers)%records)
				err := roomlog.ErrContended
				for errors.Is(err, roomlog.ErrContended) { // as the queue would: it delivers the record again
					_, err = log.Append(context.Background(), "workers", []hub.Message{
						{ID: record, RecordID: record, RoomID: "workers", Time: tables.Clock.Now().UnixMilli(), Data: json.RawMessage(`1`)},
					})
				}
				errs[w] = errors.Join(errs[w], err)
			}
		})
	}
	all.Wait()
	check(t, errors.Join(errs...))
	rows, _, err := tables.Rows.Since(context.Background(), "workers", 1, 1000)
	check(t, err)
	seen := map[string]bool{}
	var last int64
	for _, row := range rows {
		if row.First != last+1 || row.Epoch != rows[0].Epoch {
			t.Errorf("row %d of epoch %q follows %d of epoch %q", row.First, row.Epoch, last, rows[0].Epoch)
		}
		for _, m := range row.Messages {
			seen[m.ID] = true
		}
		last = row.Last()
	}
	if last != records || len(seen) != records {
		t.Errorf("%d messages have %d numbers", len(seen), last)
	}
}

func testFactor(t *testing.T, tables Tables) {
	ctx := context.Background()
	end := time.Unix(1_800_000_000, 0)
	tables.PutToken("ann", "r", admission.Row{Factor: "sha256:00", ExpiresAt: end})
	tables.PutToken("bob", "r", admission.Row{Factor: "$2a$10$x"})
	for _, c := range []struct {
		user, room string
		want       admission.Row
		found      bool
	}{
		{"ann", "r", admission.Row{Factor: "sha256:00", ExpiresAt: end}, true},
		{"bob", "r", admission.Row{Factor: "$2a$10$x"}, true},
		{"ann", "s", admission.Row{}, false},
		{"r", "ann", admission.Row{}, false},
	} {
		row, found, err := tables.Tokens.Factor(ctx, c.user, c.room)
		check(t, err)
		if found != c.found || row.Factor != c.want.Factor || !row.ExpiresAt.Equal(c.want.ExpiresAt) {
			t.Errorf("%s in %s: got %+v, %v", c.user, c.room, row, found)
		}
	}
}

func all(t *testing.T, tables Tables, roomID, userID string) []hub.Connection {
	t.Helper()
	var found []hub.Connection
	check(t, tables.Connections.Each(context.Background(), roomID, userID, func(page []hub.Connection) error {
		found = append(found, page...)
		return nil
	}))
	slices.SortFunc(found, func(a, b hub.Connection) int { return strings.Compare(a.ID, b.ID) })
	return found
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
