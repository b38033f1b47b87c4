package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// resultOf is what became of a message for a subscriber.
func resultOf(t *testing.T, sim *schedulertest.Simulation, m schedule.Message, id string) schedule.Result {
	t.Helper()
	results, _, err := sim.Service.ResultsOf(context.Background(), m.Group, m.Key, time.Time{}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Subscriber == id {
			return r
		}
	}
	return schedule.Result{}
}

// TestWithoutEventsAKillBetweenTwoStepsSendsTwice shows the one window that the conditional record alone leaves open: SES
// has taken the mail, and the function dies before it has written that down. The mail is never lost.
func TestWithoutEventsAKillBetweenTwoStepsSendsTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step string
		want int
	}{{"mailer.Send done", 2}, {"deliveries.Claim done", 1}, {"deliveries.Settle done", 1}} {
		t.Run("after "+c.step, func(t *testing.T) {
			t.Parallel()
			sim := schedulertest.New()
			sim.Deaf = true
			sim.Subscribe("g", "ada@example.com")
			create(t, sim, "g", ask(t, sim, time.Minute, ""))
			killed := false
			sim.Hook(func(step string) error {
				if step == c.step && !killed {
					killed = true
					sim.Kill()
				}
				return nil
			})
			sim.Until(sim.Clock.Now().Add(time.Hour))
			if got := len(sim.Mailer.Sent()); got != c.want || !killed {
				t.Errorf("sent %d times", got)
			}
		})
	}
}

func TestAfterAKillAMailIsTenSecondsLateAtMost(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"messages.Get done", "messages.Update done", "hub.Send done", "people.List", "delivery.Send done", "deliveries.Claim", "deliveries.Claim done"} {
		t.Run("at "+step, func(t *testing.T) {
			t.Parallel()
			sim := schedulertest.New()
			sim.Subscribe("g", "ada@example.com")
			m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
			killed := false
			sim.Hook(func(at string) error {
				if at == step && !killed && !sim.Clock.Now().Before(m.Due) {
					killed = true
					sim.Kill()
				}
				return nil
			})
			sim.Until(sim.Clock.Now().Add(time.Hour))
			sent := sim.Mailer.Sent()
			if !killed || len(sent) != 1 || sent[0].At.Sub(m.Due) > 10*time.Second {
				t.Errorf("killed: %v, sent %v of %s", killed, sent, m.Due)
			}
		})
	}
}

// repeated is a table whose first answer to Create is lost, so that the SDK calls again.
type repeated struct{ schedule.Messages }

func (r repeated) Create(ctx context.Context, m schedule.Message) error {
	if err := r.Messages.Create(ctx, m); err != nil {
		return err
	}
	return r.Messages.Create(ctx, m)
}

func TestACreateWhoseAnswerWasLostSucceeds(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	sim.Subscribe("g", "ada@example.com")
	sim.Service.Messages = repeated{sim.Service.Messages}
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(m.Due.Add(time.Second))
	if n := len(sim.Mailer.Sent()); n != 1 {
		t.Errorf("%d mails at the due time", n)
	}
}

func TestARefusedAddressFailsWithItsReasonAndNobodyElse(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	ada, bob := sim.Subscribe("g", "ada@example.com"), sim.Subscribe("g", "bob@example.com")
	sim.Mailer.Refuse = func(m delivery.Mail) error {
		if m.To == ada.Email {
			return fmt.Errorf("%w: no such mailbox %s", delivery.ErrRefused, m.To)
		}
		return nil
	}
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(time.Hour))
	if r := resultOf(t, sim, m, ada.ID); r.Status != "failed" || r.Reason != "mail refused: no such mailbox [address]" || r.Attempts != 1 {
		t.Errorf("got %+v", r)
	}
	if r := resultOf(t, sim, m, bob.ID); r.Status != "sent" {
		t.Errorf("got %+v", r)
	}
}

func TestAThrottledMailIsTriedAgainWithBackOff(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	ada := sim.Subscribe("g", "ada@example.com")
	var tries []time.Time
	sim.Mailer.Refuse = func(delivery.Mail) error {
		if tries = append(tries, sim.Clock.Now()); len(tries) < 5 {
			return delivery.ErrThrottled
		}
		return nil
	}
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(time.Hour))
	if r := resultOf(t, sim, m, ada.ID); r.Status != "sent" || r.Attempts != 5 {
		t.Errorf("got %+v", r)
	}
	for i := 2; i < len(tries); i++ {
		if tries[i].Sub(tries[i-1]) <= tries[i-1].Sub(tries[i-2]) {
			t.Errorf("tried at %v", tries)
		}
	}
}

// The age of the queue would not show it, because a requeued mail is a new message.
func TestAMailThatWaitsForSESIsMeasured(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	sim.Subscribe("g", "ada@example.com")
	var out bytes.Buffer
	sim.Worker.Metrics = &metrics.Emitter{Out: &out, Dimension: "Scheduler", Value: "s", Now: sim.Clock.Now}
	throttled := 0
	sim.Mailer.Refuse = func(delivery.Mail) error {
		if throttled++; throttled < 3 {
			return delivery.ErrThrottled
		}
		return nil
	}
	create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(time.Hour))
	if got := strings.Count(out.String(), `"Name":"Waiting"`); got != 2 {
		t.Errorf("%d times in %s", got, out.String())
	}
}

func TestWithoutADeliveryQueueTheRoomAloneIsServed(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	sim.Expander.DeliveryQueue = nil
	sim.Subscribe("g", "ada@example.com")
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(time.Hour))
	if got := len(sim.Hub.All()); got != 1 || len(sim.Mailer.Sent()) != 0 {
		t.Errorf("the hub got %d messages, and mails are %v", got, sim.Mailer.Sent())
	}
	if got, _, err := sim.Service.Get(context.Background(), "g", m.Key); err != nil || got.Status != schedule.StatusSent {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDeadLettersCarryTheReasonAndARedriveFinishesThem(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	ada := sim.Subscribe("g", "ada@example.com")
	sim.Mailer.Refuse = func(delivery.Mail) error { return fmt.Errorf("%w: account is paused", delivery.ErrUnavailable) }
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(3 * time.Hour))
	dead := sim.DeliveryDead.All()
	if len(dead) != 1 || !strings.Contains(dead[0].Error, "account is paused") || strings.Contains(dead[0].Error, ada.Email) {
		t.Fatalf("got %+v", dead)
	}
	if r := resultOf(t, sim, m, ada.ID); r.Status != "failed" || !strings.Contains(r.Reason, "account is paused") {
		t.Errorf("got %+v", r)
	}
	sim.Mailer.Refuse = nil
	sim.DeliveryQueue.Send(context.Background(), []queue.Message{{Body: dead[0].Body}})
	sim.Until(sim.Clock.Now().Add(time.Minute))
	if r := resultOf(t, sim, m, ada.ID); r.Status != "sent" || len(sim.Mailer.Sent()) != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestAnOccurrenceThatCannotBeExpandedIsADeadLetter(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	sim.Subscribe("g", "ada@example.com")
	create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Hook(func(step string) error {
		if step == "people.List" {
			return errors.New("table is down")
		}
		return nil
	})
	sim.Until(sim.Clock.Now().Add(time.Hour))
	dead := sim.DueDead.All()
	if len(dead) == 0 || dead[0].Error != "expand: subscribers: table is down" {
		t.Fatalf("got %+v", dead)
	}
	sim.Hook(func(string) error { return nil })
	sim.Due.Send(context.Background(), []queue.Message{{Body: dead[0].Body}})
	sim.Until(sim.Clock.Now().Add(time.Minute))
	if len(sim.Mailer.Sent()) != 1 {
		t.Errorf("sent %d", len(sim.Mailer.Sent()))
	}
}

func TestWhatIsNoneOfOursIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	for _, q := range []*schedulertest.Queue{sim.Due, sim.DeliveryQueue} {
		q.Send(context.Background(), []queue.Message{{Body: "hello"}, {Body: "{}"}})
	}
	sim.Until(sim.Clock.Now().Add(time.Second))
	if len(sim.DueDead.All()) != 2 || len(sim.DeliveryDead.All()) != 2 {
		t.Errorf("got %v, %v", sim.DueDead.All(), sim.DeliveryDead.All())
	}
}

func TestABouncedAddressIsSuppressed(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	ada := sim.Subscribe("g", "ada@example.com")
	first := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(10 * time.Minute))
	bounce := delivery.Feedback{ID: sim.Mailer.Sent()[0].ID, Kind: delivery.PermanentlyBounced, Reason: "bounced: General"}
	if err := sim.Listener.Handle(context.Background(), bounce); err != nil {
		t.Fatal(err)
	}
	if r := resultOf(t, sim, first, ada.ID); r.Status != "failed" || r.Reason != "bounced: General" {
		t.Errorf("got %+v", r)
	}
	second := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(10 * time.Minute))
	if r := resultOf(t, sim, second, ada.ID); r.Status != "suppressed" || r.Reason != subscribers.StatusBounced || len(sim.Mailer.Sent()) != 1 {
		t.Errorf("got %+v after %d mails", r, len(sim.Mailer.Sent()))
	}
}

func TestOrphansAreSweptAndNothingElse(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	kept := create(t, sim, "g", ask(t, sim, 48*time.Hour, ""))
	replaced := create(t, sim, "g", ask(t, sim, 48*time.Hour, ""))
	subject := "new"
	changed, err := sim.Service.Change(context.Background(), "g", replaced.Key, schedule.Request{Subject: &subject}, "")
	if err != nil {
		t.Fatal(err)
	}
	sim.Hook(func(step string) error {
		if step == "messages.Create" {
			return errors.New("down")
		}
		return nil
	})
	if _, err := sim.Service.Create(context.Background(), "g", ask(t, sim, 48*time.Hour, "")); err == nil {
		t.Fatal("created")
	}
	sim.Hook(func(string) error { return nil })
	foreign := schedule.Message{Object: "g/report.json"}
	if err := sim.Contents.Put(context.Background(), foreign, schedule.Content{}); err != nil {
		t.Fatal(err)
	}
	if n := len(sim.Contents.Names()); n != 5 {
		t.Fatalf("%d objects", n)
	}
	sim.Until(sim.Clock.Now().Add(30 * time.Minute))
	if n := len(sim.Contents.Names()); n != 5 {
		t.Errorf("%d objects are left after half an hour", n)
	}
	sim.Until(sim.Clock.Now().Add(12 * time.Hour))
	got := strings.Join(sim.Contents.Names(), " ")
	if n := len(sim.Contents.Names()); n != 3 || !strings.Contains(got, kept.Object) || !strings.Contains(got, changed.Object) || !strings.Contains(got, foreign.Object) {
		t.Errorf("left %s", got)
	}
}

func TestCancellingARepeatThatIsBeingSentEndsIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	sim := schedulertest.New()
	sim.Subscribe("g", "ada@example.com")
	m := create(t, sim, "g", ask(t, sim, time.Minute, `,"repeat":{"rrule":"FREQ=HOURLY"}`))
	var sending bool
	var during error
	sim.Hook(func(step string) error {
		if step == "people.List" && !sending {
			sending = true
			if _, err := sim.Service.Change(ctx, "g", m.Key, schedule.Request{}, ""); !errors.Is(err, schedule.ErrSending) {
				during = err
			}
			if _, still, err := sim.Service.Cancel(ctx, "g", m.Key, ""); !still || err != nil {
				during = fmt.Errorf("%v, %w", still, err)
			}
		}
		return nil
	})
	sim.Until(sim.Clock.Now().Add(5 * time.Hour))
	got, _, err := sim.Service.Get(ctx, "g", m.Key)
	if during != nil || err != nil || got.Status != schedule.StatusCancelled || len(sim.Mailer.Sent()) != 1 {
		t.Errorf("got %+v, %v, %v after %d mails", got, err, during, len(sim.Mailer.Sent()))
	}
}

// ending is a context that ends at a time of the simulation's clock.
type ending struct {
	context.Context
	at time.Time
}

func (e ending) Deadline() (time.Time, bool) { return e.at, true }

func TestALargeGroupIsExpandedInSeveralInvocations(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	sim.Subscribers.PageSize = 7
	for n := range 100 {
		sim.Subscribe("g", fmt.Sprintf("p%d@example.com", n))
	}
	create(t, sim, "g", ask(t, sim, 0, ""))
	invocations := 0
	for {
		body, id, ok := sim.Due.Receive(time.Minute)
		if !ok {
			break
		}
		invocations++
		ctx := ending{context.Background(), sim.Clock.Now().Add(2 * time.Second)} // less than a page is begun with
		if err := sim.Expander.Handle(ctx, body); err != nil {
			t.Fatal(err)
		}
		sim.Due.Delete(id)
	}
	sim.Until(sim.Clock.Now().Add(time.Minute))
	if n := len(sim.Mailer.Sent()); n != 100 || invocations != 16 || len(sim.Hub.All()) != 1 {
		t.Errorf("%d mails and %d messages of the hub after %d invocations", n, len(sim.Hub.All()), invocations)
	}
}
