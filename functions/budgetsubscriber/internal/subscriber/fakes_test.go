package subscriber_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

var (
	errDown    = errors.New("service is down")
	errRefused = errors.New("call is refused")
)

// peers are everything that a subscriber calls, in memory.
type peers struct {
	mu sync.Mutex

	message    snsverify.Message // what verification gives
	unverified error
	verified   []http.Header // what it was given

	confirmed  []string
	confirming error

	receipts     map[string]string // state by receiver
	receiptsDown bool

	mails   map[string][]contract.Mail
	mailing map[string]error // by address

	hub, dead         []queue.Message
	hubDown, deadDown error

	log bytes.Buffer
}

func newPeers() *peers {
	return &peers{receipts: map[string]string{}, mails: map[string][]contract.Mail{}, mailing: map[string]error{}}
}

func (w *peers) Verify(_ context.Context, _ []byte, header http.Header) (snsverify.Message, error) {
	w.verified = append(w.verified, header)
	return w.message, w.unverified
}

func (w *peers) Confirm(_ context.Context, topic, token string) error {
	w.confirmed = append(w.confirmed, topic+" "+token)
	return w.confirming
}

func (w *peers) Claim(_ context.Context, messageID, receiver string, lease time.Time) (subscriber.Claim, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.receiptsDown || messageID == "" || !lease.After(time.UnixMilli(0)) {
		return 0, errDown
	}
	switch w.receipts[receiver] {
	case "":
		w.receipts[receiver] = contract.StateSending
		return subscriber.ClaimGranted, nil
	case contract.StateSent:
		return subscriber.ClaimSent, nil
	default:
		return subscriber.ClaimBusy, nil
	}
}

func (w *peers) Sent(_ context.Context, _, receiver string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.receipts[receiver] = contract.StateSent
	return nil
}

func (w *peers) Release(ctx context.Context, _, receiver string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.receipts, receiver)
	return ctx.Err()
}

// mailer and sender are views of the peers with methods of their own names.
type mailer struct{ *peers }

func (m mailer) Send(_ context.Context, _, _ string, to contract.Recipient, mail contract.Mail) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.mailing[to.Email]; err != nil {
		return err
	}
	m.mails[to.Email] = append(m.mails[to.Email], mail)
	return nil
}

type sender struct {
	into *[]queue.Message
	down *error
	mu   *sync.Mutex
}

func (q sender) Send(_ context.Context, messages []queue.Message) []error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if *q.down == nil {
		*q.into = append(*q.into, messages...)
	}
	return slices.Repeat([]error{*q.down}, len(messages))
}

func (w *peers) subscriber(t *testing.T) *subscriber.Subscriber {
	t.Helper()
	templates, err := contract.ParseTemplates(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &subscriber.Subscriber{
		Verifier: w, Confirmer: w, Receipts: w, DeadLetters: sender{&w.dead, &w.deadDown, &w.mu},
		Mailer: mailer{w}, Templates: templates,
		Recipients: []contract.Recipient{
			{Name: "Ada", Email: "ada@example.com"},
			{Email: "ops@example.com", Budget: "Month*"},
			{Email: "web@example.com", Budget: "Web"},
			{Email: "ADA@example.com"},
		},
		Hub: sender{&w.hub, &w.hubDown, &w.mu}, Room: "budget",
		Refused: func(err error) bool { return errors.Is(err, errRefused) },
		Now:     func() time.Time { return time.UnixMilli(1_700_000_000_000) },
		Log:     slog.New(slog.NewTextHandler(&w.log, nil)),
	}
}

const (
	topic     = "arn:aws:sns:eu-west-1:123456789012:alerts"
	messageID = "8f1d1a2c-6c1c-5d4f-9a55-4a0b2f6f9d10"
)

func common(kind snsverify.Type, text string) snsverify.Common {
	return snsverify.Common{
		Type: kind, MessageID: messageID, TopicARN: topic, Message: text,
		Timestamp: time.Date(2026, time.November, 20, 9, 30, 0, 0, time.UTC), SignatureVersion: 2,
	}
}

func notification(text string) snsverify.Message {
	return &snsverify.Notification{Common: common(snsverify.TypeNotification, text)}
}

// budgetAlert is the text of an alert about a budget.
func budgetAlert(budget string) string {
	return strings.Join([]string{
		"AWS Account 123456789012", "Budget Name: " + budget, "Budgeted Amount: $1,000.00", "Alert Type: ACTUAL",
		"Alert Threshold: > $900.00", "ACTUAL Amount: $912.34",
	}, "\n")
}
