package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/deadline"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/seserror"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// A Worker handles the delivery queue.
type Worker struct {
	Records     Records
	Contents    Contents
	Mailer      Mailer
	Limiter     Limiter
	Links       Links
	Queue       queue.Sender
	DeadLetters queue.Sender
	Jitter      func(time.Duration) time.Duration
	Clock       clock.Clock
	Metrics     *metrics.Emitter
	Log         *slog.Logger
}

const (
	maxTries = 8
	// lease is how long a claim is respected: longer than its worker can live. SES's event settles the record of a mail
	// whose worker was killed after it was sent, usually well before.
	lease = contract.TimeoutWorker + time.Second
	// busyPause is the delay of a delivery that another invocation has claimed.
	busyPause = time.Second
	// placeholder is replaced by the recipient's own link.
	placeholder = "{{unsubscribe_url}}"

	backoffBase = time.Second
	backoffCap  = 5 * time.Minute
	// throttledCap is shorter: mails must return soon to use the account's whole rate.
	throttledCap = 30 * time.Second
	// An account is set up by somebody: that takes minutes or hours. setUpCap is the longest delay of SQS.
	setUpBase = 5 * time.Second
	setUpCap  = 15 * time.Minute
	// patience is how long after its due time a mail may wait for SES before that counts as a failure.
	patience = 24 * time.Hour

	settleTries = 4
	settlePause = 100 * time.Millisecond
)

// errLater is returned for a delivery that another invocation has claimed.
var errLater = errors.New("not now")

// Handle handles one message of the delivery queue. A temporary failure is requeued with a growing delay; a permanent
// one, and one after maxTries or patience, is recorded as failed. An error means that not even that succeeded.
func (w *Worker) Handle(ctx context.Context, body string) error {
	d, err := Parse(body)
	if err != nil {
		return w.sendToDeadLetterQueue(ctx, body, err)
	}
	work, cancel := deadline.WithReserve(ctx)
	defer cancel()
	switch err = w.send(work, &d); {
	case err == nil:
		return nil
	case errors.Is(err, errLater):
		return w.requeue(ctx, d, busyPause)
	case d.SentAs != "":
		return w.requeue(ctx, d, time.Second)
	case errors.Is(err, ErrRefused), errors.Is(err, schedule.ErrNoContent):
		return w.fail(ctx, d, err)
	case errors.Is(err, ErrThrottled) && w.waited(d) < patience:
		d.Waits++
		w.Metrics.Duration(contract.MetricWaiting, w.waited(d))
		return w.requeue(ctx, d, w.pause(d.Waits, backoffBase, throttledCap))
	case errors.Is(err, ErrNotSetUp):
		return w.block(ctx, d, err)
	}
	if d.Attempt++; d.Attempt >= maxTries {
		return w.giveUp(ctx, d, err)
	}
	w.Log.WarnContext(ctx, "delivery requeued", "group", d.Group, "key", d.Key, "subscriber", d.Subscriber, "attempt", d.Attempt, "error", redact(err, d))
	pause := w.pause(d.Attempt, backoffBase, backoffCap)
	if errors.Is(err, ErrUnanswered) { // SES would report a mail that it has accepted
		pause = max(pause, seserror.Reported)
	}
	return w.requeue(ctx, d, pause)
}

// block requeues a mail that SES refuses because of the account. The metric lets an operator know of the first one.
func (w *Worker) block(ctx context.Context, d Delivery, why error) error {
	w.Metrics.Count(contract.MetricBlocked, 1)
	if w.waited(d) >= patience {
		return w.giveUp(ctx, d, why)
	}
	d.Waits++
	w.Log.ErrorContext(ctx, "mail service not set up", "group", d.Group, "key", d.Key, "subscriber", d.Subscriber, "error", redact(why, d))
	return w.requeue(ctx, d, w.pause(d.Waits, setUpBase, setUpCap))
}

// giveUp records the failure and sends the delivery to the dead-letter queue, from which it can be redriven.
func (w *Worker) giveUp(ctx context.Context, d Delivery, why error) error {
	if err := w.fail(ctx, d, why); err != nil {
		return err
	}
	d.Attempt, d.Waits = 0, 0
	return w.sendToDeadLetterQueue(ctx, d.Message(0).Body, why)
}

// waited is how late the mail is.
func (w *Worker) waited(d Delivery) time.Duration { return w.Clock.Now().Sub(d.Time()) }

// pause returns a delay that grows with the tries.
func (w *Worker) pause(tries int, base, most time.Duration) time.Duration {
	ceiling := most
	if tries < 16 {
		ceiling = min(base<<tries, most)
	}
	return ceiling/2 + w.Jitter(ceiling/2)
}

// send sends the mail unless it has been sent. It sets d.SentAs as soon as SES has accepted the mail.
func (w *Worker) send(ctx context.Context, d *Delivery) error {
	if d.SentAs == "" {
		mail, err := w.compose(ctx, *d)
		if err != nil {
			return err
		}
		if err := w.Limiter.Wait(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrThrottled, err)
		}
		claim, err := w.Records.Claim(ctx, d.ID, w.Clock.Now(), lease)
		switch {
		case err != nil:
			return fmt.Errorf("delivery: claim: %w", err)
		case claim == Done:
			return nil
		case claim == Busy:
			return errLater
		}
		if d.SentAs, err = w.Mailer.Send(ctx, mail); err != nil {
			return w.release(ctx, *d, err)
		}
		w.Metrics.Count(contract.MetricSent, 1)
		w.Metrics.Duration(contract.MetricLateness, w.Clock.Now().Sub(d.Time()))
	}
	return w.settle(ctx, d.ID, Outcome{Status: StatusSent, MessageID: d.SentAs})
}

// release releases a claim if SES certainly did not accept the mail.
func (w *Worker) release(ctx context.Context, d Delivery, why error) error {
	if errors.Is(why, ErrThrottled) {
		w.Limiter.Slow()
	}
	if !errors.Is(why, ErrThrottled) && !errors.Is(why, ErrUnavailable) && !errors.Is(why, ErrNotSetUp) {
		return why
	}
	if err := w.Records.Settle(ctx, d.ID, Outcome{Status: StatusRetrying, Reason: redact(why, d)}, w.Clock.Now()); err != nil {
		w.Log.WarnContext(ctx, "claim not released", "group", d.Group, "key", d.Key, "subscriber", d.Subscriber, "error", err)
	}
	return why
}

// settle retries: the outcome is recorded nowhere else.
func (w *Worker) settle(ctx context.Context, id ID, o Outcome) (err error) {
	for n := range settleTries {
		if err = w.Records.Settle(ctx, id, o, w.Clock.Now()); err == nil {
			return nil
		}
		if err := w.Clock.Sleep(ctx, settlePause<<n); err != nil {
			return err
		}
	}
	return fmt.Errorf("delivery: settle: %w", err)
}

func (w *Worker) compose(ctx context.Context, d Delivery) (Mail, error) {
	content, err := w.Contents.Get(ctx, d.Object)
	if err != nil {
		return Mail{}, fmt.Errorf("delivery: content: %w", err)
	}
	link, err := w.Links.Unsubscribe(ctx, d.Group, d.Subscriber)
	if err != nil {
		return Mail{}, fmt.Errorf("delivery: link: %w", err)
	}
	mail := Mail{ID: d.ID, To: d.Email, Subject: content.Subject, UnsubscribeURL: link}
	body := strings.ReplaceAll(content.Body, placeholder, link)
	if content.Format == schedule.FormatHTML {
		mail.HTML = body
	} else {
		mail.Text = body
	}
	return mail, nil
}

func (w *Worker) requeue(ctx context.Context, d Delivery, pause time.Duration) error {
	return errors.Join(w.Queue.Send(ctx, []queue.Message{d.Message(pause)})...)
}

// fail records the reason, which the API returns among the results.
func (w *Worker) fail(ctx context.Context, d Delivery, why error) error {
	w.Metrics.Count(contract.MetricFailed, 1)
	w.Log.ErrorContext(ctx, "delivery failed", "group", d.Group, "key", d.Key, "subscriber", d.Subscriber, "error", redact(why, d))
	return w.settle(ctx, d.ID, Outcome{Status: StatusFailed, Reason: redact(why, d)})
}

func (w *Worker) sendToDeadLetterQueue(ctx context.Context, body string, why error) error {
	w.Log.ErrorContext(ctx, "sent to the dead-letter queue")
	return errors.Join(w.DeadLetters.Send(ctx, []queue.Message{{Body: body, Error: why.Error(), Permanent: errors.Is(why, ErrMalformed)}})...)
}

// redact keeps the address out of logs: SES's errors quote it.
func redact(err error, d Delivery) string {
	return strings.ReplaceAll(err.Error(), d.Email, "[address]")
}
