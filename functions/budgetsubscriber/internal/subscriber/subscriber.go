package subscriber

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// What a Subscriber needs.
type (
	// A Verifier verifies a delivery; *snsverify.Verifier is one.
	Verifier interface {
		Verify(ctx context.Context, body []byte, header http.Header) (snsverify.Message, error)
	}
	// A Confirmer confirms a subscription by the SNS API.
	Confirmer interface {
		Confirm(ctx context.Context, topicARN, token string) error
	}
	// Receipts record which receivers were notified.
	Receipts interface {
		Claim(ctx context.Context, messageID, receiver string, lease time.Time) (Claim, error)
		Sent(ctx context.Context, messageID, receiver string) error
		Release(ctx context.Context, messageID, receiver string) error
	}
	// A Mailer sends the e-mail of a message to one recipient, whose receiver is its name in the receipts.
	Mailer interface {
		Send(ctx context.Context, messageID, receiver string, to contract.Recipient, m contract.Mail) error
	}
)

// A Subscriber handles messages of one topic. It is safe for concurrent use.
type Subscriber struct {
	Verifier    Verifier
	Confirmer   Confirmer
	Receipts    Receipts
	DeadLetters queue.Sender

	Mailer     Mailer // nil sends no e-mail
	Templates  *contract.Templates
	Recipients []contract.Recipient

	Hub  queue.Sender // intake queue of a hub; nil publishes nothing
	Room string

	// BudgetName is the name of the construct's own budget, which contains a digest, and BudgetTitle is its name in
	// alerts.
	BudgetName, BudgetTitle string

	// Refused distinguishes AWS calls that were refused permanently from failures that may pass.
	Refused func(error) bool
	Metrics *metrics.Emitter // nil writes none
	Now     func() time.Time
	Log     *slog.Logger
}

// A remark is a message for the dead-letter queue, with the reason.
type remark struct {
	messageID string
	reason    error
}

// Receive handles a delivery of SNS. It returns nil when everything was done, an error of snsverify for a message that
// is not genuine, ErrNotUnderstood for a genuine message that is not an alert, and otherwise the failure to notify. A
// message that is not understood has been sent to the dead-letter queue with the reason, once.
func (s *Subscriber) Receive(ctx context.Context, body []byte, header http.Header) error {
	note, err := s.handle(ctx, body, header)
	if err != nil || note == nil {
		return err
	}
	if err := s.once(ctx, note.messageID, contract.ReceiverDeadLetter, func() error { return s.sendToDeadLetterQueue(ctx, body, note.reason) }); err != nil {
		return err
	}
	return note.result()
}

// ReceiveAgain handles a message redriven from the dead-letter queue. It is like Receive, but never sends the message
// there again.
func (s *Subscriber) ReceiveAgain(ctx context.Context, body []byte) error {
	note, err := s.handle(ctx, body, nil)
	if err != nil || note == nil {
		return err
	}
	return note.result()
}

// result returns nil for a message that was understood.
func (r remark) result() error {
	if r.reason == errUnsubscribed { //nolint:errorlint // it is never wrapped
		return nil
	}
	return r.reason
}

func (s *Subscriber) handle(ctx context.Context, body []byte, header http.Header) (*remark, error) {
	message, err := s.Verifier.Verify(ctx, body, header)
	if err != nil {
		return nil, fmt.Errorf("subscriber: %w", err)
	}
	switch m := message.(type) {
	case *snsverify.SubscriptionConfirmation:
		return nil, s.confirm(ctx, m)
	case *snsverify.UnsubscribeConfirmation:
		s.Log.ErrorContext(ctx, "unsubscribed", "message_id", m.MessageID, "topic", m.TopicARN)
		return &remark{m.MessageID, errUnsubscribed}, nil
	case *snsverify.Notification:
		return s.handleNotification(ctx, m)
	default:
		return &remark{message.Signed().MessageID, fmt.Errorf("%w: type %s", ErrNotUnderstood, message.Signed().Type)}, nil
	}
}

func (s *Subscriber) confirm(ctx context.Context, m *snsverify.SubscriptionConfirmation) error {
	if err := s.Confirmer.Confirm(ctx, m.TopicARN, m.Token); err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	s.Log.InfoContext(ctx, "subscription confirmed", "message_id", m.MessageID, "topic", m.TopicARN)
	return nil
}

func (s *Subscriber) handleNotification(ctx context.Context, m *snsverify.Notification) (*remark, error) {
	if alert.IsTopicVerified(m.Subject, m.Message) {
		s.Log.InfoContext(ctx, "topic verified by budgets", "message_id", m.MessageID)
		return nil, nil
	}
	alert, err := alert.Parse(m.Message)
	if err != nil {
		s.Log.WarnContext(ctx, "message not understood", "message_id", m.MessageID, "reason", reasonOf(err))
		return &remark{m.MessageID, fmt.Errorf("%w: %w", ErrNotUnderstood, err)}, nil
	}
	alert.ID, alert.Time = m.MessageID, m.Timestamp
	if alert.Budget == s.BudgetName && s.BudgetTitle != "" {
		alert.Budget = s.BudgetTitle
	}
	return nil, s.notify(ctx, alert)
}

func (s *Subscriber) sendToDeadLetterQueue(ctx context.Context, body []byte, reason error) error {
	if err := s.DeadLetters.Send(ctx, []queue.Message{{Body: string(body), Error: reason.Error(), Permanent: true}})[0]; err != nil {
		return fmt.Errorf("subscriber: dead letter: %w", err)
	}
	return nil
}
