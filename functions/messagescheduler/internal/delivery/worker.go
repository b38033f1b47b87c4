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
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// A Worker handles the sends queue.
type Worker struct {
	Records     Records
	Contents    Contents
	Mailer      Mailer
	Limiter     Limiter
	Links       Links
	Sends       schedule.Queue
	DeadLetters schedule.Queue
	Jitter      func(time.Duration) time.Duration
	Clock       clock.Clock
	Metrics     *metrics.Emitter
	Log         *slog.Logger
}

const (
	maxTries = 8
	// lease is how long a claim is respected: longer than the function may run.
	lease = contract.TimeoutWorker + 10*time.Second
	// placeholder is replaced by the recipient's own link.
	placeholder = "{{unsubscribe_url}}"

	backoffBase = time.Second
	backoffCap  = 5 * time.Minute
	// throttledCap is less: the rate of an account is used up by mails that come back soon.
	throttledCap = 30 * time.Second
	// patience is how long after its due time a mail may be throttled before that counts as failing.
	patience = 24 * time.Hour

	settleTries = 4
	settlePause = 100 * time.Millisecond
)

// errLater: nothing is wrong, it is only not the time.
var errLater = errors.New("not now")

// Handle works off one message of the sends queue. What fails for now is put back with a pause that grows; what fails for
// good, and what has failed maxTries times, is noted as failed. An error means that not even that succeeded.
func (w *Worker) Handle(ctx context.Context, body string) error {
	s, err := ParseSend(body)
	if err != nil {
		return w.bury(ctx, body, err)
	}
	work, cancel := deadline.WithReserve(ctx)
	defer cancel()
	switch err = w.send(work, &s); {
	case err == nil:
		return nil
	case errors.Is(err, errLater):
		return w.putBack(ctx, s, lease)
	case s.SentAs != "":
		return w.putBack(ctx, s, time.Second)
	case errors.Is(err, ErrRefused), errors.Is(err, schedule.ErrNoContent):
		return w.fail(ctx, s, err)
	case errors.Is(err, ErrThrottled) && w.Clock.Now().Sub(s.Time()) < patience:
		s.Waits++
		return w.putBack(ctx, s, w.pause(s.Waits, throttledCap))
	}
	if s.Attempt++; s.Attempt >= maxTries {
		if err := w.fail(ctx, s, err); err != nil {
			return err
		}
		s.Attempt, s.Waits = 0, 0
		return w.bury(ctx, s.Message(0).Body, err)
	}
	w.Log.WarnContext(ctx, "send put back", "group", s.Group, "key", s.Key, "subscriber", s.Subscriber, "attempt", s.Attempt, "error", redact(err, s))
	pause := w.pause(s.Attempt, backoffCap)
	if !errors.Is(err, ErrUnavailable) { // whether SES took the mail is open: nobody may claim it before the lease ends
		pause = max(pause, lease)
	}
	return w.putBack(ctx, s, pause)
}

// pause grows with the tries.
func (w *Worker) pause(tries int, most time.Duration) time.Duration {
	ceiling := most
	if tries < 16 {
		ceiling = min(backoffBase<<tries, most)
	}
	return ceiling/2 + w.Jitter(ceiling/2)
}

// send sends, unless it has been done. It sets s.SentAs as soon as SES has taken the mail.
func (w *Worker) send(ctx context.Context, s *Send) error {
	if s.SentAs == "" {
		mail, err := w.compose(ctx, *s)
		if err != nil {
			return err
		}
		if err := w.Limiter.Wait(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrThrottled, err)
		}
		claim, err := w.Records.Claim(ctx, s.ID, w.Clock.Now(), lease)
		switch {
		case err != nil:
			return fmt.Errorf("delivery: claim: %w", err)
		case claim == Done:
			return nil
		case claim == Busy:
			return errLater
		}
		if s.SentAs, err = w.Mailer.Send(ctx, mail); err != nil {
			return w.release(ctx, *s, err)
		}
		w.Metrics.Count(contract.MetricSent, 1)
		w.Metrics.Duration(contract.MetricLateness, w.Clock.Now().Sub(s.Time()))
	}
	return w.settle(ctx, s.ID, Outcome{Status: StatusSent, MessageID: s.SentAs})
}

// release gives a claim back if SES certainly did not take the mail.
func (w *Worker) release(ctx context.Context, s Send, why error) error {
	if errors.Is(why, ErrThrottled) {
		w.Limiter.Slow()
	}
	if !errors.Is(why, ErrThrottled) && !errors.Is(why, ErrUnavailable) {
		return why
	}
	if err := w.Records.Settle(ctx, s.ID, Outcome{Status: StatusRetrying, Reason: redact(why, s)}, w.Clock.Now()); err != nil {
		w.Log.WarnContext(ctx, "claim not released", "group", s.Group, "key", s.Key, "subscriber", s.Subscriber, "error", err)
	}
	return why
}

// settle tries hard: what it writes down is known to be true and nowhere else.
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

func (w *Worker) compose(ctx context.Context, s Send) (Mail, error) {
	content, err := w.Contents.Get(ctx, s.Object)
	if err != nil {
		return Mail{}, fmt.Errorf("delivery: content: %w", err)
	}
	link, err := w.Links.Unsubscribe(ctx, s.Group, s.Subscriber)
	if err != nil {
		return Mail{}, fmt.Errorf("delivery: link: %w", err)
	}
	mail := Mail{ID: s.ID, To: s.Email, Subject: content.Subject, UnsubscribeURL: link}
	body := strings.ReplaceAll(content.Body, placeholder, link)
	if content.Format == schedule.FormatHTML {
		mail.HTML = body
	} else {
		mail.Text = body
	}
	return mail, nil
}

func (w *Worker) putBack(ctx context.Context, s Send, pause time.Duration) error {
	return errors.Join(w.Sends.Send(ctx, []queue.Message{s.Message(pause)})...)
}

// fail notes the reason where the caller of the API sees it.
func (w *Worker) fail(ctx context.Context, s Send, why error) error {
	w.Metrics.Count(contract.MetricFailed, 1)
	w.Log.ErrorContext(ctx, "send failed", "group", s.Group, "key", s.Key, "subscriber", s.Subscriber, "error", redact(why, s))
	return w.settle(ctx, s.ID, Outcome{Status: StatusFailed, Reason: redact(why, s)})
}

func (w *Worker) bury(ctx context.Context, body string, why error) error {
	w.Log.ErrorContext(ctx, "send given up")
	return errors.Join(w.DeadLetters.Send(ctx, []queue.Message{{Body: body, Error: why.Error()}})...)
}

// redact keeps the address out of logs: SES's errors quote it.
func redact(err error, s Send) string { return strings.ReplaceAll(err.Error(), s.Email, "[address]") }
