package ses

import (
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// An Event is what SES puts on EventBridge for a mail that was sent with a configuration set.
// https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
type Event struct {
	DetailType string // "Email Sent", "Email Bounced" and so on
	Time       time.Time
	Resources  []string       // ARN of the configuration set
	Detail     map[string]any // as in https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
}

// AddConfigurationSet adds a configuration set, with the events that it publishes: send, delivery, bounce, complaint.
func (b *Outbox) AddConfigurationSet(name string, events []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sets[name] = slices.Clone(events)
}

// checkSet refuses a configuration set that does not exist, as SES does.
func (b *Outbox) checkSet(name string) *wire.Error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if _, ok := b.sets[name]; name != "" && !ok {
		return &wire.Error{Code: "NotFoundException", Status: 404, Message: "Configuration set <" + name + "> does not exist."}
	}
	return nil
}

// publish notifies of the events that the mail's configuration set publishes: that it was sent, and the outcome for each
// recipient.
func (b *Outbox) publish(m *Message) {
	b.mu.RLock()
	wanted := b.sets[m.ConfigurationSet]
	b.mu.RUnlock()
	if b.notify == nil || len(wanted) == 0 {
		return
	}
	notify := func(kind, detailType, eventType string, outcome map[string]any) {
		if !slices.Contains(wanted, kind) {
			return
		}
		b.notify(Event{
			DetailType: detailType, Time: m.Time,
			Resources: []string{"arn:aws:ses:" + b.region + ":" + b.account + ":configuration-set/" + m.ConfigurationSet},
			Detail:    map[string]any{"eventType": eventType, "mail": b.eventMail(m), strings.ToLower(eventType): outcome},
		})
	}
	notify("send", "Email Sent", "Send", map[string]any{})
	for _, recipient := range m.recipients() {
		address, _ := bare(recipient)
		switch m.Outcomes[address] {
		case "bounce":
			notify("bounce", "Email Bounced", "Bounce", bounce(m, address, "General", "smtp; 550 5.1.1 user unknown"))
		case "suppressed":
			notify("bounce", "Email Bounced", "Bounce", bounce(m, address, "OnAccountSuppressionList",
				"Amazon SES did not send the message to this address because it is on the suppression list for your account."))
		case "complaint":
			notify("delivery", "Email Delivered", "Delivery", map[string]any{"timestamp": stamp(m.Time), "recipients": []string{address}})
			notify("complaint", "Email Complaint Received", "Complaint", map[string]any{
				"complainedRecipients": []map[string]string{{"emailAddress": address}}, "timestamp": stamp(m.Time),
				"feedbackId": newMessageID(m.Time), "complaintFeedbackType": "abuse", "userAgent": "Local-Stage-Feedback-Loop",
			})
		default:
			notify("delivery", "Email Delivered", "Delivery", map[string]any{"timestamp": stamp(m.Time), "recipients": []string{address}})
		}
	}
}

func bounce(m *Message, address, subtype, diagnostic string) map[string]any {
	return map[string]any{
		"bounceType": "Permanent", "bounceSubType": subtype, "timestamp": stamp(m.Time), "feedbackId": newMessageID(m.Time),
		"bouncedRecipients": []map[string]string{
			{"emailAddress": address, "action": "failed", "status": "5.1.1", "diagnosticCode": diagnostic},
		},
		"reportingMTA": "dns; local-stage",
	}
}

// eventMail is the part of an event that identifies the mail.
func (b *Outbox) eventMail(m *Message) map[string]any {
	sender, _ := b.IdentityARN(m.From)
	tags := map[string][]string{"ses:configuration-set": {m.ConfigurationSet}}
	if from, err := mail.ParseAddress(m.From); err == nil {
		_, domain, _ := strings.Cut(from.Address, "@")
		tags["ses:from-domain"] = []string{domain}
	}
	for name, value := range m.Tags {
		tags[name] = []string{value}
	}
	headers := []map[string]string{}
	for name, values := range m.Headers {
		for _, value := range values {
			headers = append(headers, map[string]string{"name": name, "value": value})
		}
	}
	return map[string]any{
		"timestamp": stamp(m.Time), "source": m.From, "sourceArn": sender, "sendingAccountId": b.account, "messageId": m.MessageID,
		"destination": m.recipients(), "headersTruncated": false, "headers": headers, "tags": tags,
		"commonHeaders": map[string]any{"from": []string{m.From}, "to": m.To, "messageId": m.MessageID, "subject": m.Subject},
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
