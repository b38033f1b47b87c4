package schedule_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
)

// ask makes a request due in a while.
func ask(t testing.TB, sim *schedulertest.Simulation, in time.Duration, more string) schedule.Request {
	t.Helper()
	due := sim.Clock.Now().Add(in).UnixMilli()
	r, err := schedule.ParseRequest(fmt.Appendf(nil, `{"subject":"s","body":"b","schedule_on":%d%s}`, due, more))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func create(t testing.TB, sim *schedulertest.Simulation, group string, r schedule.Request) schedule.Message {
	t.Helper()
	m, err := sim.Service.Create(context.Background(), group, r)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mails lists who got what when, in milliseconds after a time.
func mails(sim *schedulertest.Simulation, since time.Time) string {
	var lines []string
	for _, m := range sim.Mailer.Sent() {
		lines = append(lines, fmt.Sprintf("%s %s %d", m.To, m.Subject, m.At.Sub(since).Milliseconds()))
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

func TestMessageArrivesAtItsSecond(t *testing.T) {
	t.Parallel()
	for _, in := range []time.Duration{0, 3 * time.Second, 2500 * time.Millisecond, 3*time.Minute + 123*time.Millisecond, 2 * time.Hour, 40 * 24 * time.Hour} {
		t.Run("when due in "+in.String(), func(t *testing.T) {
			t.Parallel()
			sim, start := schedulertest.New(), schedulertest.New().Clock.Now()
			sim.Subscribe("g", "ada@example.com")
			sim.Subscribe("g", "bob@example.com")
			m := create(t, sim, "g", ask(t, sim, in, ""))
			sim.Until(start.Add(in + 10*time.Minute))
			ms := in.Milliseconds()
			if got, want := mails(sim, start), fmt.Sprintf("ada@example.com s %d, bob@example.com s %d", ms, ms); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			var p struct {
				ID, RoomID string `json:",omitempty"`
				Data       struct{ Body string }
			}
			if hub := sim.Hub.All(); len(hub) != 1 || json.Unmarshal([]byte(hub[0].Body), &p) != nil || p.Data.Body != "b" {
				t.Errorf("the hub got %v", hub)
			}
			got, content, err := sim.Service.Get(context.Background(), "g", m.Key)
			if err != nil || got.Status != schedule.StatusSent || content.Body != "b" || !sim.Contents.Finished(got.Object) {
				t.Errorf("got %+v, %v", got, err)
			}
			results, _, err := sim.Service.ResultsOf(context.Background(), "g", m.Key, time.Time{}, "", 10)
			if err != nil || len(results) != 2 || results[0].Status != "sent" || results[0].MessageID == "" {
				t.Errorf("got %+v, %v", results, err)
			}
		})
	}
}

func TestManyMessagesOfOneGroupAndInstant(t *testing.T) {
	t.Parallel()
	sim, start := schedulertest.New(), schedulertest.New().Clock.Now()
	sim.Subscribe("g", "ada@example.com")
	for range 50 {
		create(t, sim, "g", ask(t, sim, 10*time.Minute, ""))
	}
	sim.Until(start.Add(time.Hour))
	if got := len(sim.Mailer.Sent()); got != 50 {
		t.Errorf("%d mails", got)
	}
}

func TestChangedOrCancelledInTimeIsNotSentAsItWas(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, before := range []time.Duration{time.Hour, 90 * time.Second, time.Millisecond} {
		t.Run("cancelled "+before.String()+" before", func(t *testing.T) {
			t.Parallel()
			sim, start := schedulertest.New(), schedulertest.New().Clock.Now()
			sim.Subscribe("g", "ada@example.com")
			m := create(t, sim, "g", ask(t, sim, 2*time.Hour, ""))
			sim.Until(start.Add(2*time.Hour - max(before, 3*time.Second)))
			sim.Clock.Advance(max(0, 3*time.Second-before))
			if _, sending, err := sim.Service.Cancel(ctx, "g", m.Key, m.ETag()); sending || err != nil {
				t.Fatal(sending, err)
			}
			sim.Until(start.Add(3 * time.Hour))
			if got := mails(sim, start); got != "" {
				t.Errorf("sent %s", got)
			}
		})
		t.Run("changed "+before.String()+" before", func(t *testing.T) {
			t.Parallel()
			sim, start := schedulertest.New(), schedulertest.New().Clock.Now()
			sim.Subscribe("g", "ada@example.com")
			m := create(t, sim, "g", ask(t, sim, 2*time.Hour, ""))
			sim.Until(start.Add(2*time.Hour - max(before, 3*time.Second)))
			subject := "new"
			later := start.Add(2*time.Hour + 30*time.Second).UnixMilli()
			if _, err := sim.Service.Change(ctx, "g", m.Key, schedule.Request{Subject: &subject, ScheduleOn: &later}, ""); err != nil {
				t.Fatal(err)
			}
			sim.Until(start.Add(3 * time.Hour))
			if got := mails(sim, start); got != "ada@example.com new 7230000" {
				t.Errorf("sent %s", got)
			}
		})
	}
}

func TestRepeatComesAgainUntilItsEnd(t *testing.T) {
	t.Parallel()
	sim, start := schedulertest.New(), schedulertest.New().Clock.Now()
	sim.Subscribe("g", "ada@example.com")
	r, err := schedule.ParseRequest([]byte(`{"subject":"s","body":"b","repeat":{"cron":"*/10 * * * *","count":3}}`))
	if err != nil {
		t.Fatal(err)
	}
	m := create(t, sim, "g", r)
	sim.Until(start.Add(2 * time.Hour))
	if got, first := mails(sim, m.Due), "ada@example.com s 0, ada@example.com s 1200000, ada@example.com s 600000"; got != first {
		t.Errorf("got %s", got)
	}
	if got, _, _ := sim.Service.Get(context.Background(), "g", m.Key); got.Status != schedule.StatusSent || got.Occurrence != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestDispatcherCatchesUpInOrder(t *testing.T) {
	t.Parallel()
	sim, start := schedulertest.New(), schedulertest.New().Clock.Now()
	sim.Subscribe("g", "ada@example.com")
	sim.Until(start.Add(2 * time.Minute))
	sim.Down = true
	for i := range 30 {
		subject := fmt.Sprintf("%02d", 29-i)
		r := ask(t, sim, time.Duration(60-i)*time.Minute, "")
		r.Subject = &subject
		create(t, sim, "g", r)
	}
	sim.Until(start.Add(70 * time.Minute))
	if len(sim.Mailer.Sent()) != 0 {
		t.Fatal("sent without a dispatcher")
	}
	sim.Down = false
	sim.Until(start.Add(75 * time.Minute))
	var order []string
	for _, m := range sim.Mailer.Sent() {
		order = append(order, m.Subject)
	}
	if len(order) != 30 || !slices.IsSorted(order) {
		t.Errorf("sent %v", order)
	}
}

// TestNoStepLosesOrDoubles fails, and kills, each step that a message takes, one after the other.
func TestNoStepLosesOrDoubles(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"fails", "is the last before a kill", "is not reached before a kill"} {
		for _, in := range []time.Duration{3 * time.Second, 10 * time.Minute} {
			t.Run("when a step "+kind+" of a message due in "+in.String(), func(t *testing.T) {
				t.Parallel()
				for n := 1; ; n++ {
					if !disturbed(t, kind, in, n) {
						if n < 20 {
							t.Fatalf("only %d steps", n)
						}
						return
					}
				}
			})
		}
	}
}

// disturbed runs a simulation in which the n-th step fails, and reports whether there was one.
func disturbed(t *testing.T, kind string, in time.Duration, n int) bool {
	t.Helper()
	sim := schedulertest.New()
	start := sim.Clock.Now()
	sim.Subscribe("g", "ada@example.com")
	sim.Subscribe("g", "bob@example.com")
	r := ask(t, sim, in, `,"repeat":{"rrule":"FREQ=MINUTELY;INTERVAL=10","count":2},"idempotency_key":"once"`)
	var step atomic.Int64
	at := ""
	sim.Hook(func(name string) error {
		after := strings.HasSuffix(name, " done")
		if after != (kind == "is the last before a kill") {
			return nil
		}
		if int(step.Add(1)) != n {
			return nil
		}
		at = name
		if kind == "fails" {
			return errors.New("out of order")
		}
		sim.Kill()
		return nil
	})
	request := func() error {
		_, err := sim.Service.Create(context.Background(), "g", r)
		return err
	}
	for sim.Try(request) != nil { // the caller tries again, with the same key
	}
	sim.Until(start.Add(in + 40*time.Minute))
	sim.Hook(func(string) error { return nil })
	got := map[string]int{}
	for _, m := range sim.Mailer.Sent() {
		got[fmt.Sprintf("%s %d", m.To, m.ID.Due)]++
	}
	for key, times := range got {
		if times != 1 {
			t.Errorf("step %d (%s): %s was sent %d times", n, at, key, times)
		}
	}
	if len(got) != 4 {
		t.Errorf("step %d (%s): sent %v", n, at, got)
	}
	ids := map[string]bool{}
	for _, m := range sim.Hub.All() {
		var p struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal([]byte(m.Body), &p); err != nil {
			t.Fatal(err)
		}
		ids[p.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("step %d (%s): the hub got %v", n, at, ids)
	}
	if dead := append(sim.DueDead.All(), sim.DeliveryDead.All()...); len(dead) != 0 {
		t.Errorf("step %d (%s): dead letters %v", n, at, dead)
	}
	return at != ""
}
