package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// resultOf is what became of a message for a subscriber.
func resultOf(t *testing.T, w *schedulertest.World, m schedule.Message, id string) schedule.Result {
	t.Helper()
	results, _, err := w.Book.ResultsOf(context.Background(), m.Group, m.Key, time.Time{}, "", 100)
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
			w := schedulertest.New()
			w.Deaf = true
			w.Subscribe("g", "ada@example.com")
			create(t, w, "g", ask(t, w, time.Minute, ""))
			killed := false
			w.Hook(func(step string) error {
				if step == c.step && !killed {
					killed = true
					w.Kill()
				}
				return nil
			})
			w.Until(w.Clock.Now().Add(time.Hour))
			if got := len(w.Mailer.Sent()); got != c.want || !killed {
				t.Errorf("sent %d times", got)
			}
		})
	}
}

func TestARefusedAddressFailsWithItsReasonAndNobodyElse(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	ada, bob := w.Subscribe("g", "ada@example.com"), w.Subscribe("g", "bob@example.com")
	w.Mailer.Refuse = func(m delivery.Mail) error {
		if m.To == ada.Email {
			return fmt.Errorf("%w: no such mailbox %s", delivery.ErrRefused, m.To)
		}
		return nil
	}
	m := create(t, w, "g", ask(t, w, time.Minute, ""))
	w.Until(w.Clock.Now().Add(time.Hour))
	if r := resultOf(t, w, m, ada.ID); r.Status != "failed" || r.Reason != "mail refused: no such mailbox [address]" || r.Attempts != 1 {
		t.Errorf("got %+v", r)
	}
	if r := resultOf(t, w, m, bob.ID); r.Status != "sent" {
		t.Errorf("got %+v", r)
	}
}

func TestAThrottledMailIsTriedAgainWithBackOff(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	ada := w.Subscribe("g", "ada@example.com")
	var tries []time.Time
	w.Mailer.Refuse = func(delivery.Mail) error {
		if tries = append(tries, w.Clock.Now()); len(tries) < 5 {
			return delivery.ErrThrottled
		}
		return nil
	}
	m := create(t, w, "g", ask(t, w, time.Minute, ""))
	w.Until(w.Clock.Now().Add(time.Hour))
	if r := resultOf(t, w, m, ada.ID); r.Status != "sent" || r.Attempts != 5 {
		t.Errorf("got %+v", r)
	}
	for i := 2; i < len(tries); i++ {
		if tries[i].Sub(tries[i-1]) <= tries[i-1].Sub(tries[i-2]) {
			t.Errorf("tried at %v", tries)
		}
	}
}

func TestDeadLettersCarryTheReasonAndARedriveFinishesThem(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	ada := w.Subscribe("g", "ada@example.com")
	w.Mailer.Refuse = func(delivery.Mail) error { return fmt.Errorf("%w: account is paused", delivery.ErrUnavailable) }
	m := create(t, w, "g", ask(t, w, time.Minute, ""))
	w.Until(w.Clock.Now().Add(3 * time.Hour))
	dead := w.SendsDead.All()
	if len(dead) != 1 || !strings.Contains(dead[0].Error, "account is paused") || strings.Contains(dead[0].Error, ada.Email) {
		t.Fatalf("got %+v", dead)
	}
	if r := resultOf(t, w, m, ada.ID); r.Status != "failed" || !strings.Contains(r.Reason, "account is paused") {
		t.Errorf("got %+v", r)
	}
	w.Mailer.Refuse = nil
	w.Sends.Send(context.Background(), []queue.Message{{Body: dead[0].Body}})
	w.Until(w.Clock.Now().Add(time.Minute))
	if r := resultOf(t, w, m, ada.ID); r.Status != "sent" || len(w.Mailer.Sent()) != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestAnOccurrenceThatCannotBeExpandedIsADeadLetter(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	w.Subscribe("g", "ada@example.com")
	create(t, w, "g", ask(t, w, time.Minute, ""))
	w.Hook(func(step string) error {
		if step == "people.List" {
			return errors.New("table is down")
		}
		return nil
	})
	w.Until(w.Clock.Now().Add(time.Hour))
	dead := w.DueDead.All()
	if len(dead) == 0 || dead[0].Error != "expand: subscribers: table is down" {
		t.Fatalf("got %+v", dead)
	}
	w.Hook(func(string) error { return nil })
	w.Due.Send(context.Background(), []queue.Message{{Body: dead[0].Body}})
	w.Until(w.Clock.Now().Add(time.Minute))
	if len(w.Mailer.Sent()) != 1 {
		t.Errorf("sent %d", len(w.Mailer.Sent()))
	}
}

func TestWhatIsNoneOfOursIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	for _, q := range []*schedulertest.Queue{w.Due, w.Sends} {
		q.Send(context.Background(), []queue.Message{{Body: "hello"}, {Body: "{}"}})
	}
	w.Until(w.Clock.Now().Add(time.Second))
	if len(w.DueDead.All()) != 2 || len(w.SendsDead.All()) != 2 {
		t.Errorf("got %v, %v", w.DueDead.All(), w.SendsDead.All())
	}
}

func TestABouncedAddressIsSuppressed(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	ada := w.Subscribe("g", "ada@example.com")
	first := create(t, w, "g", ask(t, w, time.Minute, ""))
	w.Until(w.Clock.Now().Add(10 * time.Minute))
	bounce := delivery.Feedback{ID: w.Mailer.Sent()[0].ID, Kind: delivery.BouncedForGood, Reason: "bounced: General"}
	if err := w.Listener.Handle(context.Background(), bounce); err != nil {
		t.Fatal(err)
	}
	if r := resultOf(t, w, first, ada.ID); r.Status != "failed" || r.Reason != "bounced: General" {
		t.Errorf("got %+v", r)
	}
	second := create(t, w, "g", ask(t, w, time.Minute, ""))
	w.Until(w.Clock.Now().Add(10 * time.Minute))
	if r := resultOf(t, w, second, ada.ID); r.Status != "suppressed" || r.Reason != subscribers.StatusBounced || len(w.Mailer.Sent()) != 1 {
		t.Errorf("got %+v after %d mails", r, len(w.Mailer.Sent()))
	}
}

func TestOrphansAreSweptAndNothingElse(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	kept := create(t, w, "g", ask(t, w, 48*time.Hour, ""))
	replaced := create(t, w, "g", ask(t, w, 48*time.Hour, ""))
	subject := "new"
	changed, err := w.Book.Change(context.Background(), "g", replaced.Key, schedule.Request{Subject: &subject}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.Hook(func(step string) error {
		if step == "messages.Create" {
			return errors.New("down")
		}
		return nil
	})
	if _, err := w.Book.Create(context.Background(), "g", ask(t, w, 48*time.Hour, "")); err == nil {
		t.Fatal("created")
	}
	w.Hook(func(string) error { return nil })
	foreign := schedule.Message{Object: "g/report.json"}
	if err := w.Contents.Put(context.Background(), foreign, schedule.Content{}); err != nil {
		t.Fatal(err)
	}
	if n := len(w.Contents.Names()); n != 5 {
		t.Fatalf("%d objects", n)
	}
	w.Until(w.Clock.Now().Add(30 * time.Minute))
	if n := len(w.Contents.Names()); n != 5 {
		t.Errorf("%d objects are left after half an hour", n)
	}
	w.Until(w.Clock.Now().Add(12 * time.Hour))
	got := strings.Join(w.Contents.Names(), " ")
	if n := len(w.Contents.Names()); n != 3 || !strings.Contains(got, kept.Object) || !strings.Contains(got, changed.Object) || !strings.Contains(got, foreign.Object) {
		t.Errorf("left %s", got)
	}
}

func TestCancellingARepeatThatIsBeingSentEndsIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := schedulertest.New()
	w.Subscribe("g", "ada@example.com")
	m := create(t, w, "g", ask(t, w, time.Minute, `,"repeat":{"rrule":"FREQ=HOURLY"}`))
	var sending bool
	var during error
	w.Hook(func(step string) error {
		if step == "people.List" && !sending {
			sending = true
			if _, err := w.Book.Change(ctx, "g", m.Key, schedule.Request{}, ""); !errors.Is(err, schedule.ErrSending) {
				during = err
			}
			if _, still, err := w.Book.Cancel(ctx, "g", m.Key, ""); !still || err != nil {
				during = fmt.Errorf("%v, %w", still, err)
			}
		}
		return nil
	})
	w.Until(w.Clock.Now().Add(5 * time.Hour))
	got, _, err := w.Book.Get(ctx, "g", m.Key)
	if during != nil || err != nil || got.Status != schedule.StatusCancelled || len(w.Mailer.Sent()) != 1 {
		t.Errorf("got %+v, %v, %v after %d mails", got, err, during, len(w.Mailer.Sent()))
	}
}

// ending is a context that ends at a time of the world's clock.
type ending struct {
	context.Context
	at time.Time
}

func (e ending) Deadline() (time.Time, bool) { return e.at, true }

func TestALargeGroupIsExpandedInSeveralInvocations(t *testing.T) {
	t.Parallel()
	w := schedulertest.New()
	w.People.PageSize = 7
	for n := range 100 {
		w.Subscribe("g", fmt.Sprintf("p%d@example.com", n))
	}
	create(t, w, "g", ask(t, w, 0, ""))
	invocations := 0
	for {
		body, id, ok := w.Due.Receive(time.Minute)
		if !ok {
			break
		}
		invocations++
		ctx := ending{context.Background(), w.Clock.Now().Add(4 * time.Second)} // less than a page is begun with
		if err := w.Expander.Handle(ctx, body); err != nil {
			t.Fatal(err)
		}
		w.Due.Delete(id)
	}
	w.Until(w.Clock.Now().Add(time.Minute))
	if n := len(w.Mailer.Sent()); n != 100 || invocations != 16 || len(w.Hub.All()) != 1 {
		t.Errorf("%d mails and %d messages of the hub after %d invocations", n, len(w.Hub.All()), invocations)
	}
}
