package feedback_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/feedback"
)

var id = delivery.ID{Group: "g", Key: "K", Due: 7, Subscriber: "ab"}

func event(kind, more string) string {
	return fmt.Sprintf(`{"eventType":%q,"mail":{"messageId":"m","tags":{"hermes_delivery":[%q],"hermes_subscriber":["ab"]}}%s}`, kind, id.Tag(), more)
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, detail string
		want         delivery.Feedback
		ok           bool
	}{
		{"a mail that SES took", event("Send", `,"send":{}`), delivery.Feedback{ID: id, MessageID: "m", Kind: delivery.Accepted}, true},
		{"an address that does not exist", event("Bounce", `,"bounce":{"bounceType":"Permanent","bounceSubType":"General"}`), delivery.Feedback{ID: id, MessageID: "m", Kind: delivery.PermanentlyBounced, Reason: "bounced: General"}, true},
		{"a complaint", event("Complaint", `,"complaint":{"complaintFeedbackType":"abuse"}`), delivery.Feedback{ID: id, MessageID: "m", Kind: delivery.Complained, Reason: "complained: abuse"}, true},
		{"a virus", event("Reject", `,"reject":{"reason":"Bad content"}`), delivery.Feedback{ID: id, MessageID: "m", Kind: delivery.Rejected, Reason: "rejected: Bad content"}, true},
		{"a full mailbox, which SES tries again", event("Bounce", `,"bounce":{"bounceType":"Transient"}`), delivery.Feedback{}, false},
		{"another mail of the account", `{"eventType":"Send","mail":{"messageId":"m"}}`, delivery.Feedback{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok, err := feedback.Parse([]byte(c.detail))
			if err != nil || ok != c.ok || (ok && got != c.want) {
				t.Errorf("got %+v, %v, %v", got, ok, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(event("Send", "")))
	f.Add([]byte(`{"eventType":"Send","mail":{"tags":{"hermes_delivery":["!"]}}}`))
	f.Fuzz(func(t *testing.T, detail []byte) {
		got, ok, err := feedback.Parse(detail)
		if ok && (err != nil || got.ID.Group == "" || got.ID.Subscriber == "") {
			t.Errorf("%s made %+v, %v", detail, got, err)
		}
	})
}

type listener func(delivery.Feedback) error

func (l listener) Handle(_ context.Context, f delivery.Feedback) error { return l(f) }

func TestFeedback(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	handle := feedback.Feedback(listener(func(delivery.Feedback) error { return down }), slog.New(slog.DiscardHandler))
	if err := handle(t.Context(), events.EventBridgeEvent{Detail: json.RawMessage(event("Send", ""))}); !errors.Is(err, down) {
		t.Errorf("a failure is tried again: got %v", err)
	}
	for _, detail := range []string{`{}`, `[]`, `{"mail":{"tags":{"hermes_delivery":["!"]}}}`} {
		if err := handle(t.Context(), events.EventBridgeEvent{Detail: json.RawMessage(detail)}); err != nil {
			t.Errorf("%s is passed over: got %v", detail, err)
		}
	}
}
