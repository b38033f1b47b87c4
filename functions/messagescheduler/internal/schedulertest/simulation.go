package schedulertest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/dispatch"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/expand"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// A Simulation is the whole scheduler on a clock that moves only when nothing is left to do.
type Simulation struct {
	Clock       *clock.Fake
	Messages    *Messages
	Contents    *Contents
	Subscribers *Subscribers
	Deliveries  *Deliveries
	Mailer      *Mailer

	Due, DueDead, DeliveryQueue, DeliveryDead, Hub *Queue

	Service    *schedule.Service
	Dispatcher *dispatch.Dispatcher
	Expander   *expand.Expander
	Worker     *delivery.Worker
	Listener   *delivery.Listener

	// Down keeps the dispatcher from running.
	Down bool
	// Deaf keeps SES's events from arriving.
	Deaf bool

	tick time.Time
	dead atomic.Bool
}

// Retention is the retention of the simulation's messages.
const Retention = 24 * time.Hour

// New returns a simulation.
func New() *Simulation {
	clock := clock.NewFake()
	now := clock.Now
	sim := &Simulation{
		Clock: clock, Messages: &Messages{}, Contents: &Contents{Now: now}, Subscribers: &Subscribers{}, Deliveries: &Deliveries{Now: now},
		Mailer: &Mailer{Now: now}, Due: &Queue{Now: now}, DueDead: &Queue{Now: now}, DeliveryQueue: &Queue{Now: now}, DeliveryDead: &Queue{Now: now},
		Hub: &Queue{Now: now}, tick: clock.Now().Truncate(time.Minute).Add(time.Minute),
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	sim.Service = &schedule.Service{
		Messages: sim.Messages, Contents: sim.Contents, Due: sim.Due, Directory: sim.Subscribers, Results: sim.Deliveries, Retention: Retention,
		Channels: []string{schedule.ChannelEmail, schedule.ChannelHub}, Now: now, Log: log,
	}
	sim.Dispatcher = &dispatch.Dispatcher{
		Index: sim.Messages, Progress: sim.Messages, Due: sim.Due, Shards: 2, Now: now, Log: log,
		Sweeper: &dispatch.Sweeper{Objects: sim.Contents, Messages: sim.Messages, Now: now, Log: log},
	}
	sim.Expander = &expand.Expander{
		Messages: sim.Messages, Contents: sim.Contents, Subscribers: sim.Subscribers, Records: sim.Deliveries, Due: sim.Due, DeliveryQueue: sim.DeliveryQueue,
		DeadLetters: sim.DueDead, Hub: sim.Hub, Retention: Retention, Clock: clock, Log: log,
	}
	sim.Worker = &delivery.Worker{
		Records: sim.Deliveries, Contents: sim.Contents, Mailer: sim.Mailer, Limiter: Unlimited{}, Links: PlainLinks{}, Queue: sim.DeliveryQueue,
		DeadLetters: sim.DeliveryDead, Jitter: FullJitter, Clock: clock, Log: log,
	}
	sim.Listener = &delivery.Listener{
		Records: sim.Deliveries, Subscribers: sim.Subscribers, Bounced: subscribers.StatusBounced, Complained: subscribers.StatusComplained, Now: now, Log: log,
	}
	return sim
}

// Hook sets a hook for every step of every part, such as "messages.Update" and "mailer.Send done".
func (sim *Simulation) Hook(hook func(step string) error) {
	named := func(part string) func(string) error {
		return func(method string) error {
			if sim.dead.Load() {
				return errKilled
			}
			if err := hook(part + "." + method); err != nil {
				return err
			}
			if sim.dead.Load() {
				return errKilled
			}
			return nil
		}
	}
	sim.Messages.Fail, sim.Contents.Fail, sim.Subscribers.Fail = named("messages"), named("contents"), named("people")
	sim.Deliveries.Fail, sim.Mailer.Fail = named("deliveries"), named("mailer")
	sim.Due.Fail, sim.DeliveryQueue.Fail, sim.Hub.Fail = named("due"), named("delivery"), named("hub")
	sim.DueDead.Fail, sim.DeliveryDead.Fail = named("due-dead"), named("delivery-dead")
}

// Subscribe adds an active subscriber.
func (sim *Simulation) Subscribe(group, email string) subscribers.Subscriber {
	s := subscribers.Subscriber{Group: group, ID: subscribers.IDOf(email), Email: email, Status: subscribers.StatusActive, CreatedAt: sim.Clock.Now()}
	_, _, _ = sim.Subscribers.Add(context.Background(), s)
	return s
}

// Until runs the simulation up to a time.
func (sim *Simulation) Until(end time.Time) {
	for {
		for sim.work(sim.Due, sim.Expander.Handle) || sim.work(sim.DeliveryQueue, sim.Worker.Handle) || sim.listen() {
		}
		next := sim.next()
		if next.After(end) {
			sim.Clock.Advance(end.Sub(sim.Clock.Now()))
			return
		}
		if wait := next.Sub(sim.Clock.Now()); wait > 0 {
			sim.Clock.Advance(wait)
		}
		if !sim.Clock.Now().Before(sim.tick) {
			sim.tick = sim.tick.Add(contract.Interval)
			if !sim.Down {
				_ = sim.survive(func() error { return sim.Dispatcher.Run(context.Background()) })
			}
		}
	}
}

// next returns when something happens next: a tick, or a message that becomes visible.
func (sim *Simulation) next() time.Time {
	next := sim.tick
	for _, q := range []*Queue{sim.Due, sim.DeliveryQueue} {
		if visible, ok := q.Next(); ok && visible.Before(next) {
			next = visible
		}
	}
	return next
}

// work handles one message, if one is visible. After a failure the message becomes visible again.
func (sim *Simulation) work(q *Queue, handle func(context.Context, string) error) bool {
	body, id, ok := q.Receive(contract.Visibility)
	if ok && sim.survive(func() error { return handle(context.Background(), body) }) == nil {
		q.Delete(id)
	}
	return ok
}

func (sim *Simulation) listen() bool {
	events := sim.Mailer.Events()
	if sim.Deaf {
		return false
	}
	for _, f := range events {
		for sim.survive(func() error { return sim.Listener.Handle(context.Background(), f) }) != nil { // EventBridge tries again
		}
	}
	return len(events) > 0
}

// Try calls a function as API Gateway does: if it dies, that is an error.
func (sim *Simulation) Try(f func() error) error { return sim.survive(f) }

// Kill ends the function that is running: nothing that it does from now on has an effect, and its outcome is lost.
func (sim *Simulation) Kill() { sim.dead.Store(true) }

// errKilled is returned for a function that was killed.
var errKilled = errors.New("killed")

func (sim *Simulation) survive(f func() error) error {
	err := f()
	if sim.dead.Swap(false) {
		return errKilled
	}
	return err
}
