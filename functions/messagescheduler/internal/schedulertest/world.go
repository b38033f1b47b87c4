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

// A World is the whole scheduler on a clock that moves only when nothing is left to do.
type World struct {
	Clock      *clock.Fake
	Messages   *Messages
	Contents   *Contents
	People     *People
	Deliveries *Deliveries
	Mailer     *Mailer

	Due, DueDead, Sends, SendsDead, Hub *Queue

	Book       *schedule.Book
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

// Retention of the world's messages.
const Retention = 24 * time.Hour

// New makes a world.
func New() *World {
	clock := clock.NewFake()
	now := clock.Now
	w := &World{
		Clock: clock, Messages: &Messages{}, Contents: &Contents{Now: now}, People: &People{}, Deliveries: &Deliveries{Now: now},
		Mailer: &Mailer{Now: now}, Due: &Queue{Now: now}, DueDead: &Queue{Now: now}, Sends: &Queue{Now: now}, SendsDead: &Queue{Now: now},
		Hub: &Queue{Now: now}, tick: clock.Now().Truncate(time.Minute).Add(time.Minute),
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	w.Book = &schedule.Book{
		Messages: w.Messages, Contents: w.Contents, Due: w.Due, Directory: w.People, Results: w.Deliveries, Retention: Retention, Now: now, Log: log,
	}
	w.Dispatcher = &dispatch.Dispatcher{
		Index: w.Messages, Progress: w.Messages, Due: w.Due, Shards: 2, Now: now, Log: log,
		Sweeper: &dispatch.Sweeper{Objects: w.Contents, Messages: w.Messages, Now: now, Log: log},
	}
	w.Expander = &expand.Expander{
		Messages: w.Messages, Contents: w.Contents, Subscribers: w.People, Records: w.Deliveries, Due: w.Due, Sends: w.Sends,
		DeadLetters: w.DueDead, Hub: w.Hub, Retention: Retention, Clock: clock, Log: log,
	}
	w.Worker = &delivery.Worker{
		Records: w.Deliveries, Contents: w.Contents, Mailer: w.Mailer, Limiter: Unlimited{}, Links: PlainLinks{}, Sends: w.Sends,
		DeadLetters: w.SendsDead, Jitter: FullJitter, Clock: clock, Log: log,
	}
	w.Listener = &delivery.Listener{
		Records: w.Deliveries, Subscribers: w.People, Bounced: subscribers.StatusBounced, Complained: subscribers.StatusComplained, Now: now, Log: log,
	}
	return w
}

// Hook sets one hook for every step of every part: "messages.Update", "mailer.Send done".
func (w *World) Hook(hook func(step string) error) {
	named := func(part string) func(string) error {
		return func(method string) error {
			if w.dead.Load() {
				return errKilled
			}
			if err := hook(part + "." + method); err != nil {
				return err
			}
			if w.dead.Load() {
				return errKilled
			}
			return nil
		}
	}
	w.Messages.Fail, w.Contents.Fail, w.People.Fail = named("messages"), named("contents"), named("people")
	w.Deliveries.Fail, w.Mailer.Fail = named("deliveries"), named("mailer")
	w.Due.Fail, w.Sends.Fail, w.Hub.Fail = named("due"), named("sends"), named("hub")
	w.DueDead.Fail, w.SendsDead.Fail = named("due-dead"), named("sends-dead")
}

// Subscribe adds an active subscriber.
func (w *World) Subscribe(group, email string) subscribers.Subscriber {
	s := subscribers.Subscriber{Group: group, ID: subscribers.IDOf(email), Email: email, Status: subscribers.StatusActive, CreatedAt: w.Clock.Now()}
	_, _, _ = w.People.Add(context.Background(), s)
	return s
}

// Until lets the world run up to a time.
func (w *World) Until(end time.Time) {
	for {
		for w.work(w.Due, w.Expander.Handle) || w.work(w.Sends, w.Worker.Handle) || w.listen() {
		}
		next := w.next()
		if next.After(end) {
			w.Clock.Advance(end.Sub(w.Clock.Now()))
			return
		}
		if wait := next.Sub(w.Clock.Now()); wait > 0 {
			w.Clock.Advance(wait)
		}
		if !w.Clock.Now().Before(w.tick) {
			w.tick = w.tick.Add(contract.Interval)
			if !w.Down {
				_ = w.survive(func() error { return w.Dispatcher.Run(context.Background()) })
			}
		}
	}
}

// next is when something happens next: a tick, or a message that becomes visible.
func (w *World) next() time.Time {
	next := w.tick
	for _, q := range []*Queue{w.Due, w.Sends} {
		if visible, ok := q.Next(); ok && visible.Before(next) {
			next = visible
		}
	}
	return next
}

// work handles one message, if one is visible. What fails or dies leaves it to become visible again.
func (w *World) work(q *Queue, handle func(context.Context, string) error) bool {
	body, id, ok := q.Receive(contract.Visibility)
	if ok && w.survive(func() error { return handle(context.Background(), body) }) == nil {
		q.Delete(id)
	}
	return ok
}

func (w *World) listen() bool {
	events := w.Mailer.Events()
	if w.Deaf {
		return false
	}
	for _, f := range events {
		for w.survive(func() error { return w.Listener.Handle(context.Background(), f) }) != nil { // EventBridge tries again
		}
	}
	return len(events) > 0
}

// Try calls a function as API Gateway does: if it dies, that is an error.
func (w *World) Try(f func() error) error { return w.survive(f) }

// Kill ends the function that is running: nothing that it does from now on has an effect, and its outcome is lost.
func (w *World) Kill() { w.dead.Store(true) }

// errKilled: the function died.
var errKilled = errors.New("killed")

func (w *World) survive(f func() error) error {
	err := f()
	if w.dead.Swap(false) {
		return errKilled
	}
	return err
}
