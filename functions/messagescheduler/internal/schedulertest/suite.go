package schedulertest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// A MessageStore is every interface of the Schedule table.
type MessageStore interface {
	schedule.Messages
	dispatch.Index
	dispatch.Progress
	dispatch.Pointers
}

// base is an arbitrary time, at the start of a minute.
var base = time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)

func key(n int) string { return fmt.Sprintf("%026d", n) }

func waiting(group string, n int, due time.Time) schedule.Message {
	return schedule.Message{
		Group: group, Key: key(n), Subject: "s", Due: due, DispatchAt: due, Status: schedule.StatusScheduled, Version: 1, Revision: 1,
		Object: group + "/" + key(n), Channels: []string{"email", "hub"}, CreatedAt: base, UpdatedAt: base,
	}
}

// TestMessages tests a store of messages. shards is how many shards it spreads a minute over.
func TestMessages(t *testing.T, store MessageStore, shards int) {
	t.Run("a message comes back as it was kept", func(t *testing.T) {
		until := base.Add(time.Hour)
		m := waiting("back", 1, base)
		m.Timezone, m.Fingerprint, m.Occurrence, m.Cancelled, m.Previous, m.ExpiresAt = "Europe/Berlin", "f", 3, true, base.Add(-time.Hour), base.Add(time.Hour)
		m.Repeat = &schedule.Repeat{Cron: "0 9 * * *", Timezone: "Europe/Berlin", Until: &until, Count: 7, Start: base}
		must(t, store.Create(t.Context(), m))
		got, found, err := store.Get(t.Context(), "back", m.Key)
		if err != nil || !found || !reflect.DeepEqual(got, m) {
			t.Errorf("got %+v, %v, %v; want %+v", got, found, err, m)
		}
		if _, found, err := store.Get(t.Context(), "back", key(2)); found || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
	})
	t.Run("a message is created once", func(t *testing.T) {
		m := waiting("once", 1, base)
		must(t, store.Create(t.Context(), m))
		if err := store.Create(t.Context(), m); !errors.Is(err, schedule.ErrExists) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a message is updated by whoever has seen it as it is", func(t *testing.T) {
		m := waiting("update", 1, base)
		must(t, store.Create(t.Context(), m))
		next := m
		next.Revision, next.Subject, next.DispatchAt = 2, "new", time.Time{}
		must(t, store.Update(t.Context(), next, 1))
		other := m
		other.Revision, other.Subject, other.UpdatedAt = 2, "other", base.Add(time.Second)
		if err := store.Update(t.Context(), other, 1); !errors.Is(err, schedule.ErrConflict) {
			t.Errorf("got %v", err)
		}
		if got, _, err := store.Get(t.Context(), "update", m.Key); err != nil || got.Subject != "new" || !got.DispatchAt.IsZero() {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("a list is by time, in pages, and filtered", func(t *testing.T) { testList(t, store) })
	t.Run("what waits is found by its minute, in order, until it no longer waits", func(t *testing.T) { testWaiting(t, store, shards) })
	t.Run("progress is kept", func(t *testing.T) {
		if _, found, err := store.Load(t.Context()); found || err != nil {
			t.Fatalf("found %v, %v", found, err)
		}
		state := dispatch.State{Loaded: base, Checked: base.Add(-time.Minute), Shards: 8, SweepAfter: "g/k", SweepAt: base.Add(time.Hour)}
		must(t, store.Save(t.Context(), state))
		if got, found, err := store.Load(t.Context()); !found || err != nil || got != state {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("pointers name the objects of messages that are there", func(t *testing.T) {
		m := waiting("pointers", 1, base)
		must(t, store.Create(t.Context(), m))
		got, err := store.Pointed(t.Context(), [][2]string{{"pointers", m.Key}, {"pointers", key(2)}})
		if err != nil || len(got) != 1 || got[[2]string{"pointers", m.Key}] != m.Object {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func testList(t *testing.T, store MessageStore) {
	for n := range 9 {
		m := waiting("list", n, base.Add(time.Duration(n/3)*time.Hour))
		if n%2 == 1 {
			m.Status = schedule.StatusSent
		}
		must(t, store.Create(t.Context(), m))
	}
	all := func(f schedule.Filter) (keys []string) {
		f.Group = "list"
		for {
			page, err := store.List(t.Context(), f)
			must(t, err)
			if len(page.Messages) > f.Limit {
				t.Fatalf("%d messages in a page of %d", len(page.Messages), f.Limit)
			}
			for _, m := range page.Messages {
				keys = append(keys, m.Key[25:])
			}
			if f.After = page.Next; f.After == "" {
				return keys
			}
		}
	}
	for _, c := range []struct {
		name string
		f    schedule.Filter
		want int
	}{
		{"all", schedule.Filter{}, 9},
		{"by status", schedule.Filter{Status: schedule.StatusSent}, 4},
		{"from", schedule.Filter{From: base.Add(time.Hour)}, 6},
		{"to, which is not included", schedule.Filter{To: base.Add(time.Hour)}, 3},
	} {
		for _, limit := range []int{1, 2, 4, 50} {
			c.f.Limit = limit
			if got := all(c.f); len(got) != c.want {
				t.Errorf("%s by %d: got %v", c.name, limit, got)
			}
		}
	}
}

func testWaiting(t *testing.T, store MessageStore, shards int) {
	for n := range 20 {
		must(t, store.Create(t.Context(), waiting("waiting", n, base.Add(24*time.Hour+time.Duration(19-n)*time.Second))))
	}
	gone := waiting("waiting", 3, base.Add(24*time.Hour+16*time.Second))
	gone.Revision, gone.DispatchAt, gone.Status = 2, time.Time{}, schedule.StatusSending
	must(t, store.Update(t.Context(), gone, 1))
	minute, total := base.Add(24*time.Hour), 0
	for shard := range shards {
		found, err := store.Waiting(t.Context(), minute, shard, minute.Add(time.Second), minute.Add(19*time.Second))
		must(t, err)
		for i, due := range found {
			if due.Group != "waiting" || due.Version != 1 || (i > 0 && found[i-1].Due > due.Due) {
				t.Errorf("got %+v", found)
			}
		}
		total += len(found)
	}
	if total != 17 { // 20, without the first and the last second, and the one that is being sent
		t.Errorf("found %d", total)
	}
	if found, err := store.Waiting(t.Context(), minute.Add(time.Minute), 0, time.Time{}, minute.Add(time.Hour)); len(found) != 0 || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
}

// A RecordStore is every interface of the Deliveries table.
type RecordStore interface {
	delivery.Records
	delivery.BounceRecords
	expand.Records
	schedule.Results
}

// TestDeliveries tests a store of deliveries.
func TestDeliveries(t *testing.T, store RecordStore) {
	const lease = 30 * time.Second
	claim := func(t *testing.T, id delivery.ID, at time.Time, want delivery.Claim) {
		t.Helper()
		if got, err := store.Claim(t.Context(), id, at, lease); err != nil || got != want {
			t.Errorf("claimed: %v, %v; want %v", got, err, want)
		}
	}
	settle := func(t *testing.T, id delivery.ID, status string) {
		t.Helper()
		must(t, store.Settle(t.Context(), id, delivery.Outcome{Status: status, Reason: "why", MessageID: "m"}, base))
	}
	for i, c := range []struct {
		name  string
		steps func(t *testing.T, id delivery.ID)
		want  string
	}{
		{"a claim keeps others away until its lease ends", func(t *testing.T, id delivery.ID) {
			claim(t, id, base, delivery.Claimed)
			claim(t, id, base.Add(lease-time.Second), delivery.Busy)
			claim(t, id, base.Add(lease), delivery.Claimed)
		}, "sending"},
		{"what was sent stays so", func(t *testing.T, id delivery.ID) {
			claim(t, id, base, delivery.Claimed)
			settle(t, id, delivery.StatusSent)
			settle(t, id, delivery.StatusFailed)
			claim(t, id, base.Add(time.Hour), delivery.Done)
		}, "sent"},
		{"what waits for a retry is claimed at once", func(t *testing.T, id delivery.ID) {
			claim(t, id, base, delivery.Claimed)
			settle(t, id, delivery.StatusRetrying)
			claim(t, id, base, delivery.Claimed)
		}, "sending"},
		{"what failed may be tried again by a redrive", func(t *testing.T, id delivery.ID) {
			settle(t, id, delivery.StatusFailed)
			claim(t, id, base, delivery.Claimed)
			settle(t, id, delivery.StatusSent)
		}, "sent"},
		{"what is suppressed is not sent", func(t *testing.T, id delivery.ID) {
			must(t, store.Suppress(t.Context(), id, "bounced"))
			claim(t, id, base, delivery.Done)
		}, "suppressed"},
		{"what bounced is not sent again, and the event of its sending may come late", func(t *testing.T, id delivery.ID) {
			claim(t, id, base, delivery.Claimed)
			must(t, store.Bounce(t.Context(), id, "bounced", base))
			settle(t, id, delivery.StatusSent)
			claim(t, id, base.Add(time.Hour), delivery.Done)
		}, "failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := delivery.ID{Group: "g", Key: key(i), Due: base.UnixMilli(), Subscriber: "s"}
			c.steps(t, id)
			got, _, err := store.Results(t.Context(), "g", id.Key, base, "", 10)
			if err != nil || len(got) != 1 || got[0].Status != c.want || got[0].Subscriber != "s" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	t.Run("results come in pages", func(t *testing.T) {
		for n := range 5 {
			settle(t, delivery.ID{Group: "pages", Key: key(1), Due: base.UnixMilli(), Subscriber: fmt.Sprint(n)}, delivery.StatusSent)
		}
		seen, after := 0, ""
		for {
			page, next, err := store.Results(t.Context(), "pages", key(1), base, after, 2)
			must(t, err)
			if seen += len(page); next == "" {
				break
			}
			after = next
		}
		if seen != 5 {
			t.Errorf("saw %d", seen)
		}
	})
}

// A SubscriberStore is every interface of the Subscribers table.
type SubscriberStore interface {
	subscribers.Store
	expand.Subscribers
	schedule.Directory
}

// TestSubscribers tests a store of subscribers, which must read fewer than five at a time.
func TestSubscribers(t *testing.T, store SubscriberStore) {
	one := func(n int, status string) subscribers.Subscriber {
		email := fmt.Sprintf("p%d@example.com", n)
		return subscribers.Subscriber{
			Group: "g", ID: subscribers.IDOf(email), Email: email, Name: "P", Timezone: "UTC", Status: status, CreatedAt: base,
		}
	}
	t.Run("an unknown group has nobody", func(t *testing.T) {
		if any, err := store.HasAny(t.Context(), "g"); any || err != nil {
			t.Errorf("got %v, %v", any, err)
		}
	})
	t.Run("one address is one subscriber", func(t *testing.T) {
		first := one(0, subscribers.StatusActive)
		if _, added, err := store.Add(t.Context(), first); !added || err != nil {
			t.Fatal(added, err)
		}
		second := first
		second.Name = "other"
		if kept, added, err := store.Add(t.Context(), second); added || err != nil || kept != first {
			t.Errorf("got %+v, %v, %v", kept, added, err)
		}
	})
	t.Run("those who receive are listed, page by page", func(t *testing.T) {
		for n := range 12 {
			status := []string{subscribers.StatusActive, subscribers.StatusUnsubscribed, subscribers.StatusBounced, subscribers.StatusPending}[n%4]
			if _, _, err := store.Add(t.Context(), one(n+1, status)); err != nil {
				t.Fatal(err)
			}
		}
		receiving, suppressed, pages, last := 0, 0, 0, ""
		must(t, store.Receiving(t.Context(), "g", "", func(page []expand.Subscriber) error {
			pages++
			for _, s := range page {
				if s.ID <= last {
					t.Errorf("%s after %s", s.ID, last)
				}
				last = s.ID
				if receiving++; s.Suppressed != "" {
					suppressed++
				}
			}
			return nil
		}))
		if receiving != 7 || suppressed != 3 || pages < 2 {
			t.Errorf("%d receiving, %d suppressed, %d pages", receiving, suppressed, pages)
		}
		again := 0
		must(t, store.Receiving(t.Context(), "g", last, func(page []expand.Subscriber) error { again += len(page); return nil }))
		if again != 0 {
			t.Errorf("%d after the last", again)
		}
	})
	t.Run("a status is changed for those who are there", func(t *testing.T) {
		s := one(0, "")
		if found, err := store.SetStatus(t.Context(), "g", s.ID, subscribers.StatusBounced); !found || err != nil {
			t.Error(found, err)
		}
		if got, _, err := store.Get(t.Context(), "g", s.ID); err != nil || got.Status != subscribers.StatusBounced {
			t.Errorf("got %+v, %v", got, err)
		}
		if found, err := store.SetStatus(t.Context(), "other", s.ID, subscribers.StatusBounced); found || err != nil {
			t.Error(found, err)
		}
	})
	t.Run("a subscriber is removed once", func(t *testing.T) {
		s := one(0, "")
		for _, want := range []bool{true, false} {
			if found, err := store.Remove(t.Context(), "g", s.ID); found != want || err != nil {
				t.Error(found, err)
			}
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
