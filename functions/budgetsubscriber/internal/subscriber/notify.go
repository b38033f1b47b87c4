package subscriber

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	hubcontract "github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// concurrency bounds the e-mails in flight: SES gives a new account 14 a second.
// https://docs.aws.amazon.com/ses/latest/dg/quotas.html
const concurrency = 8

// A notification is one e-mail or one publication about an alert.
type notification struct {
	receiver string // in the receipts
	do       func(context.Context) error
}

// notify notifies every receiver, even if some cannot be notified.
func (s *Subscriber) notify(ctx context.Context, alert contract.Alert) error {
	notifications := s.notifications(alert)
	log := s.Log.With("message_id", alert.ID, "kind", alert.Kind, "account", alert.Account)
	if len(notifications) == 0 {
		log.WarnContext(ctx, "no receivers for this budget")
		return nil
	}
	errs := s.notifyAll(ctx, alert.ID, notifications)
	failed := 0
	for i, err := range errs {
		if err != nil {
			failed++
			log.ErrorContext(ctx, "receiver not notified", "receiver", notifications[i].receiver, "refused", s.refused(err), "error", err)
		}
	}
	log.InfoContext(ctx, "alert handled", "receivers", len(notifications), "failed", failed)
	return s.worst(errs)
}

func (s *Subscriber) notifyAll(ctx context.Context, messageID string, notifications []notification) []error {
	errs := make([]error, len(notifications))
	slots := make(chan struct{}, concurrency)
	var all sync.WaitGroup
	for i, t := range notifications {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			errs[i] = s.once(ctx, messageID, t.receiver, func() error { return t.do(ctx) })
		})
	}
	all.Wait()
	return errs
}

// worst returns the error that decides the answer to SNS: if anything may succeed later, the delivery must be repeated;
// it need not be only if every failure was a permanent refusal.
func (s *Subscriber) worst(errs []error) error {
	var refused, failed []error
	for _, err := range errs {
		switch {
		case err == nil:
		case s.refused(err):
			refused = append(refused, err)
		default:
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	return errors.Join(refused...)
}

// refused reports whether a repeat would fail as well. An account that is not set up is set up by somebody while SNS
// repeats the delivery.
func (s *Subscriber) refused(err error) bool { return !errors.Is(err, ErrNotSetUp) && s.Refused(err) }

// notifications lists an alert's notifications. An address that several patterns match is notified once.
func (s *Subscriber) notifications(alert contract.Alert) []notification {
	var all []notification
	seen := map[string]bool{}
	for _, to := range s.Recipients {
		receiver := receiverOf(to.Email)
		if s.Mailer == nil || seen[receiver] || !to.Matches(alert.Budget) {
			continue
		}
		seen[receiver] = true
		all = append(all, notification{receiver, func(ctx context.Context) error { return s.mail(ctx, alert, to) }})
	}
	if s.Hub != nil {
		all = append(all, notification{contract.ReceiverHub, func(ctx context.Context) error { return s.publish(ctx, alert) }})
	}
	return all
}

// receiverOf returns the name of an address in receipts and logs, which contain no addresses.
func receiverOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return hex.EncodeToString(sum[:16])
}

func (s *Subscriber) mail(ctx context.Context, alert contract.Alert, to contract.Recipient) error {
	mail, err := s.Templates.Render(alert, to)
	if err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	if err := s.Mailer.Send(ctx, alert.ID, receiverOf(to.Email), to, mail); err != nil {
		if errors.Is(err, ErrNotSetUp) {
			s.Metrics.Count(contract.MetricBlocked, 1) // lets an operator know of the first one
		}
		return fmt.Errorf("subscriber: %w", err)
	}
	return nil
}

// publish publishes the alert to the hub's room. The publication's id is the message's, so that receivers drop a
// repeat.
func (s *Subscriber) publish(ctx context.Context, alert contract.Alert) error {
	data, err := json.Marshal(struct {
		Type string         `json:"type"`
		Data contract.Alert `json:"data"`
	}{contract.HubType, alert})
	if err != nil {
		return fmt.Errorf("subscriber: encode alert: %w", err)
	}
	body, err := json.Marshal(hubcontract.Publication{ID: alert.ID, UserID: contract.HubUserID, RoomID: s.Room, Data: data})
	if err != nil {
		return fmt.Errorf("subscriber: encode publication: %w", err)
	}
	if err := s.Hub.Send(ctx, []queue.Message{{Body: string(body), Group: queue.Group(s.Room)}})[0]; err != nil {
		return fmt.Errorf("subscriber: publish: %w", err)
	}
	return nil
}
