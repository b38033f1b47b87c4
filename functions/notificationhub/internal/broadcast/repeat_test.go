package broadcast_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
)

// send broadcasts records and returns the ids of those that failed.
func (b bundle) send(records ...queue.Record) []string {
	return b.broadcaster.Broadcast(context.Background(), records)
}

var frameParts = regexp.MustCompile(`"after":(\d+)|"seq":(\d+)[,}]`)

// received is what a connection got, as "after<numbers]seq" a frame.
func (b bundle) received(id string) string {
	var frames []string
	for _, body := range b.gateway.Received(id) {
		var after string
		var numbers []string
		for _, part := range frameParts.FindAllStringSubmatch(body, -1) {
			if part[1] != "" {
				after = part[1]
			} else {
				numbers = append(numbers, part[2])
			}
		}
		last := len(numbers) - 1
		frames = append(frames, fmt.Sprintf("(%s %s %s]", after, numbers[:last], numbers[last]))
	}
	return strings.Join(frames, " ")
}

func private(user, data string) string {
	return `{"room_id":"a","to_user_id":"` + user + `","data":` + data + `}`
}

func record(id, body string) queue.Record { return queue.Record{ID: id, Body: body} }

func TestRedeliveredRecordHasItsNumberAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		happen func(b bundle)
		want   string
	}{
		{"and is not delivered again by whoever delivered it", func(bundle) {}, "(0 [1] 1]"},
		{"and is delivered again by another worker", func(b bundle) { b.broadcaster.Rooms = b.worker() }, "(0 [1] 1] (0 [1] 1]"},
		{"also after others", func(b bundle) {
			b.send(record("2", to("a", `2`)))
			b.broadcaster.Rooms = b.worker()
		}, "(0 [1] 1] (1 [2] 2] (0 [1] 1]"},
		{"also after a long time", func(b bundle) {
			b.clock.Advance(50 * time.Minute)
			b.broadcaster.Rooms = b.worker()
		}, "(0 [1] 1] (0 [1] 1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			b.join(t, "a", "ann", 1)
			again := queue.Record{ID: "1", Body: to("a", `1`), SentAt: b.clock.Now()}
			if failed := b.send(again); len(failed) != 0 {
				t.Fatalf("failed %v", failed)
			}
			c.happen(b)
			if failed := b.send(again); len(failed) != 0 {
				t.Fatalf("failed %v", failed)
			}
			if got := b.received("a-ann-00000"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	t.Run("when it failed after it was kept", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.join(t, "a", "ann", 1)
		b.connections.Fail = hubtest.ErrDown
		if failed := b.send(record("1", to("a", `1`))); !slices.Equal(failed, []string{"1"}) {
			t.Fatalf("failed %v", failed)
		}
		b.connections.Fail = nil
		if failed := b.send(record("2", to("a", `2`)), record("1", to("a", `1`))); len(failed) != 0 {
			t.Fatalf("failed %v", failed)
		}
		if got := b.received("a-ann-00000"); got != "(0 [1 2] 2]" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("when only its hint failed, without another delivery", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.join(t, "a", "ann", 1)
		b.rows.Fail = failing("SetHint", "a")
		if failed := b.send(record("1", to("a", `1`))); !slices.Equal(failed, []string{"1"}) {
			t.Fatalf("failed %v", failed)
		}
		b.rows.Fail = nil
		if failed := b.send(record("1", to("a", `1`))); len(failed) != 0 {
			t.Fatalf("failed %v", failed)
		}
		hint, err := b.rows.Hint(context.Background(), "a")
		if got := b.received("a-ann-00000"); got != "(0 [1] 1]" || hint != (hub.Position{Epoch: "e", Seq: 1}) {
			t.Errorf("got %s, hint %v, %v", got, hint, err)
		}
	})
}

func TestPublicationThatIsSentAgainIsOneMessage(t *testing.T) {
	t.Parallel()
	const body = `{"room_id":"a","id":"mine","data":1}`
	for _, c := range []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"at once", 0, "(0 [1] 1]"},
		{"within five minutes", 5 * time.Minute, "(0 [1] 1]"},
		{"and two after that", 5*time.Minute + time.Millisecond, "(0 [1] 1] (1 [2] 2]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, forgetful := range []bool{false, true} {
				b := setup()
				b.join(t, "a", "ann", 1)
				b.send(record("1", body))
				b.clock.Advance(c.after)
				if forgetful {
					b.broadcaster.Rooms = b.worker()
				}
				if failed := b.send(record("2", body)); len(failed) != 0 {
					t.Errorf("failed %v", failed)
				}
				if got := b.received("a-ann-00000"); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			}
		})
	}
	t.Run("in one batch", func(t *testing.T) {
		t.Parallel()
		b := setup()
		b.join(t, "a", "ann", 1)
		if failed := b.send(record("1", body), record("2", body)); len(failed) != 0 || len(b.kept("a")) != 1 {
			t.Errorf("failed %v, kept %v", failed, b.kept("a"))
		}
	})
}

// TestFramesSayWhatTheyCover follows what three users get of messages to all and to single ones.
func TestFramesSayWhatTheyCover(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		batches       [][]string
		ann, bob, cid string
	}{
		{
			"messages to all follow each other",
			[][]string{{to("a", `1`), to("a", `2`)}, {to("a", `3`)}},
			"(0 [1 2] 2] (2 [3] 3]", "(0 [1 2] 2] (2 [3] 3]", "(0 [1 2] 2] (2 [3] 3]",
		},
		{
			"a message to one is covered for others by the next to all",
			[][]string{{to("a", `1`)}, {private("bob", `2`)}, {to("a", `3`)}},
			"(0 [1] 1] (1 [3] 3]", "(0 [1] 1] (1 [2] 2] (2 [3] 3]", "(0 [1] 1] (1 [3] 3]",
		},
		{
			"messages to several do not hide each other",
			[][]string{{private("bob", `1`), private("ann", `2`)}, {private("bob", `3`)}, {to("a", `4`)}, {private("ann", `5`)}},
			"(0 [2] 2] (2 [4] 4] (4 [5] 5]", "(0 [1] 2] (1 [3] 3] (3 [4] 4]", "(0 [4] 4]",
		},
		{
			"of a mixed batch everybody gets theirs",
			[][]string{{to("a", `1`), private("bob", `2`), to("a", `3`), private("ann", `4`)}, {to("a", `5`)}},
			"(0 [1 3 4] 4] (4 [5] 5]", "(0 [1 2 3] 4] (3 [5] 5]", "(0 [1 3] 4] (3 [5] 5]",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup()
			for _, user := range []string{"ann", "bob", "cid"} {
				b.join(t, "a", user, 1)
			}
			n := 0
			for _, batch := range c.batches {
				var records []queue.Record
				for _, body := range batch {
					n++
					records = append(records, record(fmt.Sprint(n), body))
				}
				if failed := b.send(records...); len(failed) != 0 {
					t.Fatalf("failed %v", failed)
				}
			}
			for id, want := range map[string]string{"a-ann-00000": c.ann, "a-bob-00000": c.bob, "a-cid-00000": c.cid} {
				if got := b.received(id); got != want {
					t.Errorf("%s got %s, want %s", id, got, want)
				}
			}
		})
	}
}

// TestEveryNumberIsExplained lets users be addressed at random, by workers that know little, and holds what each receives
// against what the room has for them.
func TestEveryNumberIsExplained(t *testing.T) {
	t.Parallel()
	users := []string{"ann", "bob", "cid", "dan"}
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			explain(t, seed, users)
		})
	}
}

func explain(t *testing.T, seed uint64, users []string) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	b := setup()
	for _, user := range users {
		b.join(t, "a", user, 1)
	}
	for n := range 60 {
		var records []queue.Record
		for i := range 1 + random.IntN(4) {
			body := to("a", `1`)
			if to := random.IntN(2 * len(users)); to < len(users)-1 { // nobody speaks to the last user alone
				body = private(users[to], `1`)
			}
			records = append(records, record(fmt.Sprint(n, ".", i), body))
		}
		if random.IntN(5) == 0 {
			b.broadcaster.Rooms = b.worker()
		}
		if failed := b.send(records...); len(failed) != 0 {
			t.Fatalf("failed %v", failed)
		}
	}
	b.send(record("last", to("a", `1`)))
	kept := b.kept("a")
	for _, user := range users {
		var reached int64
		for _, body := range b.gateway.Received("a-" + user + "-00000") {
			var f struct {
				After, Seq int64
				Messages   []hub.Message
			}
			if err := json.Unmarshal([]byte(body), &f); err != nil {
				t.Fatal(err)
			}
			var got, want []int64
			for _, m := range f.Messages {
				got = append(got, m.Seq)
			}
			for _, m := range kept[f.After:f.Seq] {
				if m.VisibleTo(user) {
					want = append(want, m.Seq)
				}
			}
			if f.After > reached || !slices.Equal(got, want) {
				t.Fatalf("%s is at %d and gets %v of (%d, %d], which holds %v", user, reached, got, f.After, f.Seq, want)
			}
			reached = f.Seq
		}
		if reached != int64(len(kept)) {
			t.Errorf("%s has come to %d of %d", user, reached, len(kept))
		}
	}
}

// A large room's connections get the same by chunks.
func TestChunksSayWhatTheyCover(t *testing.T) {
	t.Parallel()
	b := setup()
	b.join(t, "a", "ann", 300)
	b.join(t, "a", "bob", 2)
	b.send(record("1", to("a", `1`)))
	b.send(record("2", private("bob", `2`)))
	b.send(record("3", to("a", `3`)))
	b.send(record("4", to("a", `4`)), record("5", private("bob", `5`)))
	b.workOff(t)
	if got := b.received("a-ann-00299"); got != "(0 [1] 1] (1 [3] 3] (3 [4] 5]" {
		t.Errorf("ann got %s", got)
	}
	// What is for bob alone is delivered at once.
	if got := b.received("a-bob-00001"); got != "(1 [2] 2] (0 [1] 1] (2 [3] 3] (3 [4 5] 5]" {
		t.Errorf("bob got %s", got)
	}
}
