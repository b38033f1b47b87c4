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

// concurrency bounds the e-mails on their way at once: SES gives a new account 14 a second.
// https://docs.aws.amazon.com/ses/latest/dg/quotas.html
const concurrency = 8

// A telling is one thing to do about an alert.
type telling struct {
	receiver string // in the receipts
	do       func(context.Context) error
}

// tell tells everybody, and everybody even if some cannot be told.
func (s *Subscriber) tell(ctx context.Context, alert contract.Alert) error {
	tellings := s.tellings(alert)
	log := s.Log.With("message_id", alert.ID, "kind", alert.Kind, "account", alert.Account)
	if len(tellings) == 0 {
		log.WarnContext(ctx, "nobody is to be told of this budget")
		return nil
	}
	errs := s.tellAll(ctx, alert.ID, tellings)
	failed := 0
	for i, err := range errs {
		if err != nil {
			failed++
			log.ErrorContext(ctx, "receiver not told", "receiver", tellings[i].receiver, "refused", s.Refused(err), "error", err)
		}
	}
	log.InfoContext(ctx, "alert handled", "receivers", len(tellings), "failed", failed)
	return s.worst(errs)
}

func (s *Subscriber) tellAll(ctx context.Context, messageID string, tellings []telling) []error {
	errs := make([]error, len(tellings))
	slots := make(chan struct{}, concurrency)
	var all sync.WaitGroup
	for i, t := range tellings {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			errs[i] = s.once(ctx, messageID, t.receiver, func() error { return t.do(ctx) })
		})
	}
	all.Wait()
	return errs
}

// worst is what the answer to SNS depends on: if anything may succeed later, the delivery must be repeated, and only if
// everything that failed was refused for good it need not be.
func (s *Subscriber) worst(errs []error) error {
	var refused, failed []error
	for _, err := range errs {
		switch {
		case err == nil:
		case s.Refused(err):
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

// tellings lists what is to be done; an address that several patterns match is told once.
func (s *Subscriber) tellings(alert contract.Alert) []telling {
	var all []telling
	seen := map[string]bool{}
	for _, to := range s.Recipients {
		receiver := receiverOf(to.Email)
		if s.Mailer == nil || seen[receiver] || !to.Matches(alert.Budget) {
			continue
		}
		seen[receiver] = true
		all = append(all, telling{receiver, func(ctx context.Context) error { return s.mail(ctx, alert, to) }})
	}
	if s.Hub != nil {
		all = append(all, telling{contract.ReceiverHub, func(ctx context.Context) error { return s.publish(ctx, alert) }})
	}
	return all
}

// receiverOf names an address in receipts and logs, neither of which holds addresses.
func receiverOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	return hex.EncodeToString(sum[:16])
}

func (s *Subscriber) mail(ctx context.Context, alert contract.Alert, to contract.Recipient) error {
	mail, err := s.Templates.Render(alert, to)
	if err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	if err := s.Mailer.Send(ctx, to, mail); err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	return nil
}

// publish puts the alert into the hub's room. The publication's id is the message's, so that a repetition that slips
// through is dropped by receivers.
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
