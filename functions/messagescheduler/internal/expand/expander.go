package expand

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// An Expander handles the due queue.
type Expander struct {
	Messages      schedule.Messages
	Contents      Contents
	Subscribers   Subscribers
	Records       Records
	Due           queue.Sender
	DeliveryQueue queue.Sender // nil: no mail is sent
	DeadLetters   queue.Sender
	Hub           queue.Sender // nil: messages are sent by mail only
	Retention     time.Duration
	Clock         clock.Clock
	Metrics       *metrics.Emitter
	Log           *slog.Logger
}

const (
	maxTries = 6
	// wait is the longest that a worker waits for the due time; a message that is due later is requeued.
	wait = 2 * time.Second
	// enough is the least time left to start a page of subscribers.
	enough = 2 * time.Second
)

// errContinues is returned when the rest of the subscribers has been queued.
var errContinues = errors.New("goes on in another message")

// Handle handles one message of the due queue. A failure is requeued with a growing delay or, after maxTries, sent to
// the dead-letter queue with its reason. An error means that not even that succeeded.
func (x *Expander) Handle(ctx context.Context, body string) error {
	due, err := schedule.ParseDue(body)
	if err != nil {
		return x.sendToDeadLetterQueue(ctx, body, err)
	}
	work, cancel := deadline.WithReserve(ctx)
	defer cancel()
	if err = x.expand(work, due); err == nil {
		return nil
	}
	if due.Attempt++; due.Attempt >= maxTries {
		due.Attempt = 0
		return x.sendToDeadLetterQueue(ctx, due.Message(0).Body, err)
	}
	x.Log.WarnContext(ctx, "occurrence requeued", "group", due.Group, "key", due.Key, "due", due.Due, "attempt", due.Attempt, "error", err)
	return errors.Join(x.Due.Send(ctx, []queue.Message{due.Message(time.Second << due.Attempt)})...)
}

func (x *Expander) sendToDeadLetterQueue(ctx context.Context, body string, why error) error {
	x.Log.ErrorContext(ctx, "occurrence sent to the dead-letter queue", "error", why)
	return errors.Join(x.DeadLetters.Send(ctx, []queue.Message{{Body: body, Error: why.Error(), Permanent: errors.Is(why, schedule.ErrMalformed)}})...)
}

func (x *Expander) expand(ctx context.Context, due schedule.Due) error {
	if ahead := due.Time().Sub(x.Clock.Now()); ahead > wait {
		return errors.Join(x.Due.Send(ctx, []queue.Message{due.Message(ahead)})...)
	} else if ahead > 0 {
		if err := x.Clock.Sleep(ctx, ahead); err != nil {
			return err
		}
	}
	m, ok, err := x.claim(ctx, due)
	if err != nil || !ok {
		return err
	}
	if err := x.send(ctx, m, due); errors.Is(err, errContinues) {
		return nil
	} else if err != nil {
		return err
	}
	return x.finish(ctx, due)
}

// tries bounds the retries of a conditional write.
const tries = 5

// claim marks the message as being sent: from here on it can be neither changed nor cancelled. A queued message with
// another version or due time than the stored one is void; one that was claimed before is continued.
func (x *Expander) claim(ctx context.Context, due schedule.Due) (schedule.Message, bool, error) {
	for range tries {
		m, found, err := x.Messages.Get(ctx, due.Group, due.Key)
		if err != nil {
			return m, false, err
		}
		if !found || !means(due, m) {
			return m, false, x.superseded(ctx, due, m, found)
		}
		if m.Status == schedule.StatusSending {
			return m, true, nil
		}
		seen := m.Revision
		m.Status, m.DispatchAt, m.Revision, m.UpdatedAt = schedule.StatusSending, time.Time{}, seen+1, x.Clock.Now()
		err = x.Messages.Update(ctx, m, seen)
		if err == nil || !errors.Is(err, schedule.ErrConflict) {
			return m, err == nil, err
		}
	}
	return schedule.Message{}, false, fmt.Errorf("expand: claim: %w", schedule.ErrBusy)
}

// means reports whether a queued message matches the stored one.
func means(due schedule.Due, m schedule.Message) bool {
	waits := m.Status == schedule.StatusScheduled || m.Status == schedule.StatusSending
	return waits && m.Version == due.Version && m.Due.UnixMilli() == due.Due
}

// superseded drops a void message. If the stored message is due soon, it is queued: the writer may have died before
// that.
func (x *Expander) superseded(ctx context.Context, due schedule.Due, m schedule.Message, found bool) error {
	x.Log.InfoContext(ctx, "superseded", "group", due.Group, "key", due.Key, "due", due.Due, "version", due.Version)
	if !found || m.Status != schedule.StatusScheduled {
		return nil
	}
	return x.enqueue(ctx, m)
}

func (x *Expander) enqueue(ctx context.Context, m schedule.Message) error {
	ahead := m.Due.Sub(x.Clock.Now())
	if ahead > contract.Direct {
		return nil
	}
	return errors.Join(x.Due.Send(ctx, []queue.Message{schedule.DueOf(m).Message(ahead)})...)
}

// finish finishes the message, or moves a repeat to its next occurrence.
func (x *Expander) finish(ctx context.Context, due schedule.Due) error {
	for range tries {
		m, found, err := x.Messages.Get(ctx, due.Group, due.Key)
		if err != nil {
			return err
		}
		if !found || !means(due, m) || m.Status != schedule.StatusSending {
			return nil // another invocation with the same message was faster
		}
		seen := m.Revision
		m = m.After(x.Clock.Now(), x.Retention)
		err = x.Messages.Update(ctx, m, seen)
		if errors.Is(err, schedule.ErrConflict) {
			continue
		}
		if err != nil {
			return err
		}
		x.Metrics.Count(contract.MetricDue, 1)
		return x.finished(ctx, m)
	}
	return fmt.Errorf("expand: finish: %w", schedule.ErrBusy)
}

// finished does what may fail without harm: the dispatcher and the sweeper make up for it.
func (x *Expander) finished(ctx context.Context, m schedule.Message) error {
	if m.Status == schedule.StatusScheduled {
		if err := x.enqueue(ctx, m); err != nil {
			x.Log.WarnContext(ctx, "next occurrence not queued, the dispatcher will find it late", "group", m.Group, "key", m.Key, "error", err)
		}
		return nil
	}
	if err := x.Contents.Finish(ctx, m); err != nil && !errors.Is(err, schedule.ErrNoContent) {
		x.Log.WarnContext(ctx, "content not marked as finished", "group", m.Group, "key", m.Key, "error", err)
	}
	return nil
}
