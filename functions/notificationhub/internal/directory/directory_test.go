package directory_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/directory"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

// table counts what is read.
type table struct {
	*hubtest.Connections
	whole int // rooms
	rows  int
}

func (c *table) Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error {
	c.whole++
	return c.Connections.Each(ctx, roomID, userID, c.counted(page))
}

func (c *table) Since(ctx context.Context, roomID string, at time.Time, page func([]hub.Connection) error) error {
	return c.Connections.Since(ctx, roomID, at, c.counted(page))
}

func (c *table) counted(page func([]hub.Connection) error) func([]hub.Connection) error {
	return func(all []hub.Connection) error {
		c.rows += len(all)
		return page(all)
	}
}

// bench is a room with its directory.
type bench struct {
	t         *testing.T
	clock     *clock.Fake
	table     *table
	directory *directory.Directory
	joined    int
}

func newBench(t *testing.T, connections int) *bench {
	b := &bench{t: t, clock: clock.NewFake(), table: &table{Connections: &hubtest.Connections{}}}
	b.directory = directory.New(b.table, b.clock.Now)
	for range connections {
		b.join("r", b.clock.Now().Add(-time.Hour))
	}
	return b
}

// join writes the row of a connection that was made at a time.
func (b *bench) join(room string, at time.Time) hub.Connection {
	b.t.Helper()
	b.joined++
	c := hub.Connection{ID: fmt.Sprint(b.joined), RoomID: room, UserID: "u", ConnectedAt: at.Truncate(time.Millisecond)}
	if err := b.table.Add(context.Background(), c); err != nil {
		b.t.Fatal(err)
	}
	return c
}

// found are the ids of the room's connections; each comes once.
func (b *bench) found(room string) map[string]bool {
	b.t.Helper()
	ids := map[string]bool{}
	err := b.directory.Each(context.Background(), room, "", func(page []hub.Connection) error {
		for _, c := range page {
			if ids[c.ID] || c.RoomID != room {
				b.t.Errorf("got %+v twice, or of another room", c)
			}
			ids[c.ID] = true
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return ids
}

func TestALargeRoomIsReadOnceForManyMessages(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1000)
	for range 100 {
		if got := len(b.found("r")); got != 1000 {
			t.Fatalf("found %d", got)
		}
		b.clock.Advance(200 * time.Millisecond)
	}
	if b.table.whole != 1 || b.table.rows != 1000 {
		t.Errorf("read the room %d times, and %d rows", b.table.whole, b.table.rows)
	}
	b.clock.Advance(10 * time.Second)
	b.found("r")
	if b.table.whole != 2 {
		t.Errorf("read the room %d times", b.table.whole)
	}
}

func TestASmallRoomIsReadForEachMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t, 250)
	b.found("r")
	b.found("r")
	if b.table.whole != 2 {
		t.Errorf("read the room %d times", b.table.whole)
	}
}

// Whoever has a row is found, however long its handshake took, as a plain read would find them.
func TestNobodyWhoHasJoinedIsMissed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		b := newBench(t, 300)
		for range 200 {
			for range random.IntN(4) {
				handshake := time.Duration(random.Int64N(int64(58 * time.Second)))
				c := b.join("r", b.clock.Now().Add(-handshake))
				if random.IntN(3) == 0 { // who leaves at once
					if err := b.table.Remove(context.Background(), c); err != nil {
						t.Fatal(err)
					}
				}
			}
			got := b.found("r")
			err := b.table.Connections.Each(context.Background(), "r", "", func(page []hub.Connection) error {
				for _, c := range page {
					if !got[c.ID] {
						t.Fatalf("seed %d: %+v was missed", seed, c)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(time.Duration(random.Int64N(int64(5 * time.Second))))
		}
		if b.table.whole > 20 {
			t.Errorf("seed %d: read the room %d times", seed, b.table.whole)
		}
	}
}

func TestAClockThatIsSetBackRepeatsNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t, 300)
	b.found("r")
	c := b.join("r", b.clock.Now().Add(-55*time.Second))
	b.clock.Advance(10 * time.Second)
	b.found("r") // c has settled
	b.clock.Advance(-8 * time.Second)
	for range 2 {
		if got := b.found("r"); len(got) != 301 || !got[c.ID] {
			t.Errorf("found %d", len(got))
		}
	}
}

func TestWhoLeftIsForgottenSoon(t *testing.T) {
	t.Parallel()
	b := newBench(t, 300)
	gone := hub.Connection{ID: "1", RoomID: "r", ConnectedAt: b.clock.Now().Add(-time.Hour)}
	b.found("r")
	if err := b.table.Remove(context.Background(), gone); err != nil {
		t.Fatal(err)
	}
	if !b.found("r")["1"] {
		t.Error("the room was read again at once")
	}
	b.clock.Advance(30 * time.Second)
	if b.found("r")["1"] {
		t.Error("who left is still there")
	}
}

func TestAUsersConnectionsAreReadFromTheTable(t *testing.T) {
	t.Parallel()
	b := newBench(t, 300)
	b.found("r")
	count := 0
	err := b.directory.Each(context.Background(), "r", "u", func(page []hub.Connection) error { count += len(page); return nil })
	if err != nil || count != 300 || b.table.whole != 2 {
		t.Errorf("found %d, read %d times, %v", count, b.table.whole, err)
	}
}

func TestAFailureOfAPageIsReturned(t *testing.T) {
	t.Parallel()
	b := newBench(t, 300)
	stop := errors.New("stop")
	for range 2 { // from the table, then from what is kept
		err := b.directory.Each(context.Background(), "r", "", func([]hub.Connection) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
		b.found("r")
	}
	b.table.Fail = hubtest.ErrDown
	if err := b.directory.Each(context.Background(), "r", "", func([]hub.Connection) error { return nil }); !errors.Is(err, hubtest.ErrDown) {
		t.Errorf("got %v", err)
	}
}
