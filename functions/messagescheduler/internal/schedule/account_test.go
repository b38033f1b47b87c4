package schedule_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
)

// An account that is not set up is no fault of the mail, which waits until somebody has set it up.
func TestAMailWaitsUntilTheSenderIsVerified(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	ada := sim.Subscribe("g", "ada@example.com")
	var out bytes.Buffer
	sim.Worker.Metrics = &metrics.Emitter{Out: &out, Dimension: "Scheduler", Value: "s", Now: sim.Clock.Now}
	var tries []time.Time
	verified := false
	sim.Mailer.Refuse = func(m delivery.Mail) error {
		if tries = append(tries, sim.Clock.Now()); verified {
			return nil
		}
		return fmt.Errorf("%w: Email address is not verified: %s", delivery.ErrNotSetUp, m.To)
	}
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(3 * time.Hour))
	r := resultOf(t, sim, m, ada.ID)
	if r.Status != "retrying" || r.Reason != "mail service not set up: Email address is not verified: [address]" || len(sim.DeliveryDead.All()) != 0 {
		t.Errorf("got %+v, and the dead letters %v", r, sim.DeliveryDead.All())
	}
	if last := tries[len(tries)-1].Sub(tries[len(tries)-2]); len(tries) > 30 || last < 7*time.Minute || last > 15*time.Minute {
		t.Errorf("tried %d times, the last after %v", len(tries), last)
	}
	if got := strings.Count(out.String(), `"Name":"Blocked"`); got != len(tries) {
		t.Errorf("measured %d times in %d tries", got, len(tries))
	}
	verified = true
	sim.Until(sim.Clock.Now().Add(15 * time.Minute))
	if r := resultOf(t, sim, m, ada.ID); r.Status != "sent" || len(sim.Mailer.Sent()) != 1 {
		t.Errorf("got %+v, sent %d times", r, len(sim.Mailer.Sent()))
	}
}

func TestAMailIsADeadLetterIfNobodySetsTheAccountUpForADay(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	ada := sim.Subscribe("g", "ada@example.com")
	sim.Mailer.Refuse = func(delivery.Mail) error { return delivery.ErrNotSetUp }
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	sim.Until(sim.Clock.Now().Add(24 * time.Hour))
	if dead := sim.DeliveryDead.All(); len(dead) != 0 {
		t.Fatalf("got %+v too early", dead)
	}
	sim.Until(sim.Clock.Now().Add(20 * time.Minute))
	dead := sim.DeliveryDead.All()
	if r := resultOf(t, sim, m, ada.ID); r.Status != "failed" || len(dead) != 1 || dead[0].Error != "mail service not set up" {
		t.Errorf("got %+v, and the dead letters %+v", r, dead)
	}
}

func TestAMessageThatWouldGoNowhereIsRefused(t *testing.T) {
	t.Parallel()
	sim := schedulertest.New()
	sim.Service.Channels = []string{schedule.ChannelHub}
	const want = `channels "[\"email\"]": one that this scheduler serves: hub`
	_, err := sim.Service.Create(context.Background(), "g", ask(t, sim, time.Minute, `,"channels":["email"]`))
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	m := create(t, sim, "g", ask(t, sim, time.Minute, ""))
	r, err := schedule.ParseRequest([]byte(`{"channels":["email"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sim.Service.Change(context.Background(), "g", m.Key, r, ""); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
