// Package feedback adapts SES's events, as EventBridge brings them, to the domain.
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
package feedback

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/mail"
)

// A Handler handles SES's events from EventBridge.
type Handler = func(context.Context, events.EventBridgeEvent) error

// A Listener handles feedback.
type Listener interface {
	Handle(ctx context.Context, f delivery.Feedback) error
}

// Feedback handles events. Those of the account's other mails are ignored.
func Feedback(l Listener, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.EventBridgeEvent) error {
		f, ok, err := Parse(e.Detail)
		if err != nil || !ok {
			log.InfoContext(ctx, "event passed over", "detail_type", e.DetailType, "error", err)
			return nil
		}
		return l.Handle(ctx, f)
	}
}

type detail struct {
	EventType string `json:"eventType"`
	Mail      struct {
		MessageID string              `json:"messageId"`
		Tags      map[string][]string `json:"tags"`
	} `json:"mail"`
	Bounce struct {
		Type    string `json:"bounceType"`
		SubType string `json:"bounceSubType"`
	} `json:"bounce"`
	Complaint struct {
		Type string `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Reject struct {
		Reason string `json:"reason"`
	} `json:"reject"`
}

// Parse parses the detail of an event. ok is false for the account's other mails, and for events that need no action,
// such as a transient bounce, which SES retries.
func Parse(text []byte) (f delivery.Feedback, ok bool, err error) {
	var d detail
	if err := json.Unmarshal(text, &d); err != nil {
		return f, false, fmt.Errorf("feedback: %w", err)
	}
	tag, subscriber := first(d.Mail.Tags[mail.TagDelivery]), first(d.Mail.Tags[mail.TagSubscriber])
	if tag == "" {
		return f, false, nil
	}
	if f.ID, err = delivery.ParseTag(tag, subscriber); err != nil {
		return f, false, fmt.Errorf("feedback: %w", err)
	}
	f.MessageID = d.Mail.MessageID
	switch {
	case d.EventType == "Send":
		f.Kind = delivery.Accepted
	case d.EventType == "Bounce" && d.Bounce.Type == "Permanent":
		f.Kind, f.Reason = delivery.PermanentlyBounced, "bounced: "+d.Bounce.SubType
	case d.EventType == "Complaint":
		f.Kind, f.Reason = delivery.Complained, "complained: "+d.Complaint.Type
	case d.EventType == "Reject":
		f.Kind, f.Reason = delivery.Rejected, "rejected: "+d.Reject.Reason
	default:
		return f, false, nil
	}
	return f, true, nil
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
