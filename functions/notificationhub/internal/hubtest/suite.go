package hubtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// Tables is a set of empty tables, of any implementation.
type Tables struct {
	Connections interface {
		Add(ctx context.Context, c hub.Connection) error
		Remove(ctx context.Context, roomID, connectionID string) error
		Each(ctx context.Context, roomID, userID string, page func([]hub.Connection) error) error
	}
	Rooms interface {
		Reserve(ctx context.Context, roomID string, n int) (hub.Position, error)
		Position(ctx context.Context, roomID string) (hub.Position, error)
	}
	Messages interface {
		Keep(ctx context.Context, messages []hub.Message) error
		Since(ctx context.Context, roomID string, first int64, limit int) ([]hub.Message, bool, error)
	}
	Tokens   admission.FactorStore
	PutToken func(userID, roomID string, row admission.Row) // stores a factor as a backend does
	Clock    *clock.Fake                                    // the tables' clock
}

// HistoryTTL is how long the tables under test store messages.
const HistoryTTL = time.Hour

// TestTables tests an implementation of the tables for what the hub relies on. The tests use different rooms, so that one
// set of tables serves them all.
func TestTables(t *testing.T, tables Tables) {
	t.Run("a connection is found in its room until it is removed", func(t *testing.T) { testConnection(t, tables) })
	t.Run("a user's connections are found in the room only", func(t *testing.T) { testUserConnections(t, tables) })
	t.Run("a room of 5,000 connections is read whole", func(t *testing.T) { testLargeRoom(t, tables) })
	t.Run("reading stops at the first error", func(t *testing.T) { testStop(t, tables) })
	t.Run("numbers follow each other within one epoch", func(t *testing.T) { testNumbers(t, tables) })
	t.Run("messages come back in order, from where one asks", func(t *testing.T) { testMessages(t, tables) })
	t.Run("expired messages do not come back", func(t *testing.T) { testExpiry(t, tables) })
	t.Run("a factor is found for its user and room only", func(t *testing.T) { testFactor(t, tables) })
}

func testConnection(t *testing.T, tables Tables) {
	ctx := context.Background()
	c := hub.Connection{ID: "L0SM9cOFvHcCIhw=", RoomID: "one", UserID: "ann", Protocol: "hermes.v1", ConnectedAt: time.UnixMilli(1_700_000_000_123)}
	classic := hub.Connection{ID: "M1", RoomID: "one", UserID: "bob", ConnectedAt: time.UnixMilli(1)}
	check(t, tables.Connections.Add(ctx, c))
	check(t, tables.Connections.Add(ctx, classic))
	if got := all(t, tables, "one", ""); !slices.Equal(got, []hub.Connection{c, classic}) {
		t.Errorf("got %+v", got)
	}
	check(t, tables.Connections.Remove(ctx, "one", "L0SM9cOFvHcCIhw="))
	check(t, tables.Connections.Remove(ctx, "one", "never there"))
	check(t, tables.Connections.Remove(ctx, "another room", "M1"))
	if got := all(t, tables, "one", ""); !slices.Equal(got, []hub.Connection{classic}) {
		t.Errorf("after removal: got %+v", got)
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

func testNumbers(t *testing.T, tables Tables) {
	ctx := context.Background()
	before, err := tables.Rooms.Position(ctx, "numbers")
	check(t, err)
	if before != (hub.Position{}) {
		t.Errorf("a new room is at %+v", before)
	}
	first, err := tables.Rooms.Reserve(ctx, "numbers", 3)
	check(t, err)
	second, err := tables.Rooms.Reserve(ctx, "numbers", 1)
	check(t, err)
	now, err := tables.Rooms.Position(ctx, "numbers")
	check(t, err)
	if first.Seq != 3 || second.Seq != 4 || first.Epoch == "" || second.Epoch != first.Epoch || now != second {
		t.Errorf("got %+v, %+v, and then %+v", first, second, now)
	}
	other, err := tables.Rooms.Reserve(ctx, "numbers 2", 1)
	check(t, err)
	if other.Seq != 1 {
		t.Errorf("another room begins at %d", other.Seq)
	}
}

func testMessages(t *testing.T, tables Tables) {
	ctx := context.Background()
	var kept []hub.Message
	for i := range int64(60) { // more than two of DynamoDB's batches
		kept = append(kept, hub.Message{
			ID: fmt.Sprint("m", i+1), RoomID: "messages", Seq: i + 1, UserID: "ann", Time: 1_700_000_000_123,
			Data: json.RawMessage(`{"text":"ünï <b>"}`),
		})
	}
	kept[1].ToUserID = "bob"
	kept[2].UserID = "" // a backend may send without a name
	check(t, tables.Messages.Keep(ctx, kept))
	check(t, tables.Messages.Keep(ctx, nil))

	got, more, err := tables.Messages.Since(ctx, "messages", 2, 10)
	check(t, err)
	if !more || len(got) != 10 || got[0].Seq != 2 || got[9].Seq != 11 {
		t.Fatalf("got %d messages, more %v: %+v", len(got), more, got)
	}
	for i, m := range got {
		if fmt.Sprint(m) != fmt.Sprint(kept[i+1]) {
			t.Errorf("got  %+v\nwant %+v", m, kept[i+1])
		}
	}
	rest, more, err := tables.Messages.Since(ctx, "messages", 58, 10)
	check(t, err)
	if more || len(rest) != 3 {
		t.Errorf("got %d messages, more %v", len(rest), more)
	}
}

func testExpiry(t *testing.T, tables Tables) {
	ctx := context.Background()
	message := hub.Message{ID: "old", RoomID: "expiry", Seq: 1, Data: json.RawMessage(`1`)}
	check(t, tables.Messages.Keep(ctx, []hub.Message{message}))
	tables.Clock.Advance(HistoryTTL + time.Second)
	message.ID, message.Seq = "new", 2
	check(t, tables.Messages.Keep(ctx, []hub.Message{message}))
	got, _, err := tables.Messages.Since(ctx, "expiry", 1, 10)
	check(t, err)
	if len(got) != 1 || got[0].ID != "new" {
		t.Errorf("got %+v", got)
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
