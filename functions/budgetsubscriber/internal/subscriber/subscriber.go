package subscriber

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
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
	// Receipts remember who has got what.
	Receipts interface {
		Claim(ctx context.Context, messageID, receiver string, lease time.Time) (Claim, error)
		Sent(ctx context.Context, messageID, receiver string) error
		Release(ctx context.Context, messageID, receiver string) error
	}
	// A Mailer sends an e-mail to one recipient.
	Mailer interface {
		Send(ctx context.Context, to contract.Recipient, m contract.Mail) error
	}
	// A Queue takes messages.
	Queue interface {
		Send(ctx context.Context, messages []queue.Message) []error
	}
)

// A Subscriber handles messages of one topic. It is safe for concurrent use.
type Subscriber struct {
	Verifier    Verifier
	Confirmer   Confirmer
	Receipts    Receipts
	DeadLetters Queue

	Mailer     Mailer // nil sends no e-mail
	Templates  *contract.Templates
	Recipients []contract.Recipient

	Hub  Queue // intake queue of a hub; nil publishes nothing
	Room string

	// BudgetName is the name of the construct's own budget, which holds a digest, and BudgetTitle what people call it.
	BudgetName, BudgetTitle string

	// Refused tells AWS calls that were refused for good from failures that may pass.
	Refused func(error) bool
	Now     func() time.Time
	Log     *slog.Logger
}

// A remark is what a person has to read about a message that there is nothing to do with.
type remark struct {
	messageID string
	reason    error
}

// Receive handles a delivery of SNS. It returns nil when all was done, an error of snsverify for what is not genuine,
// ErrNotUnderstood for what is genuine and no alert, and otherwise what kept it from sending. What is not understood has
// been put into the dead-letter queue with the reason, once.
func (s *Subscriber) Receive(ctx context.Context, body []byte, header http.Header) error {
	note, err := s.handle(ctx, body, header)
	if err != nil || note == nil {
		return err
	}
	if err := s.once(ctx, note.messageID, contract.ReceiverDeadLetter, func() error { return s.bury(ctx, body, note.reason) }); err != nil {
		return err
	}
	return note.result()
}

// ReceiveAgain handles a message that comes back from the dead-letter queue. It is as Receive, but puts nothing there.
func (s *Subscriber) ReceiveAgain(ctx context.Context, body []byte) error {
	note, err := s.handle(ctx, body, nil)
	if err != nil || note == nil {
		return err
	}
	return note.result()
}

// result is nil for a remark about a message that was understood.
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
		return s.notify(ctx, m)
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

func (s *Subscriber) notify(ctx context.Context, m *snsverify.Notification) (*remark, error) {
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
	return nil, s.tell(ctx, alert)
}

func (s *Subscriber) bury(ctx context.Context, body []byte, reason error) error {
	if err := s.DeadLetters.Send(ctx, []queue.Message{{Body: string(body), Error: reason.Error()}})[0]; err != nil {
		return fmt.Errorf("subscriber: keep dead letter: %w", err)
	}
	return nil
}
