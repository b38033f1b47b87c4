package ses

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
)

// notify collects events.
type notify struct {
	mu     sync.Mutex
	events []Event
}

func (l *notify) hear(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *notify) types() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for _, e := range l.events {
		list = append(list, e.DetailType)
	}
	return list
}

func TestEventsOfAMail(t *testing.T) {
	t.Parallel()
	all := []string{"send", "delivery", "bounce", "complaint"}
	tests := []struct {
		name, to string
		wanted   []string
		want     []string
	}{
		{"one that arrives is sent and delivered", "a@b.org", all, []string{"Email Sent", "Email Delivered"}},
		{"one that bounces is sent and bounces", "bounce@simulator.amazonses.com", all, []string{"Email Sent", "Email Bounced"}},
		{"one of a complaint is delivered first", "complaint@simulator.amazonses.com", all, []string{"Email Sent", "Email Delivered", "Email Complaint Received"}},
		{"one to a suppressed address bounces", "suppressed@b.org", all, []string{"Email Sent", "Email Bounced"}},
		{"only what the set asks for is notify", "bounce@simulator.amazonses.com", []string{"bounce"}, []string{"Email Bounced"}},
		{"a set without destination publishes nothing", "a@b.org", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var heard notify
			box, client, _ := open(t, Options{Notify: heard.hear})
			box.AddConfigurationSet("mails", tt.wanted)
			box.suppressed["suppressed@b.org"] = suppression{reason: "BOUNCE"}
			in := simple("no-reply@example.com", tt.to)
			in.ConfigurationSetName = aws.String("mails")
			if _, err := client.SendEmail(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			if got := heard.types(); !slices.Equal(got, tt.want) {
				t.Errorf("notify of %q, want %q", got, tt.want)
			}
		})
	}
}

func TestABounceSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	var heard notify
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	box, client, _ := open(t, Options{Notify: heard.hear, Now: func() time.Time { return at }})
	box.AddConfigurationSet("mails", []string{"bounce"})
	in := simple("Hermes <no-reply@example.com>", "bounce@simulator.amazonses.com")
	in.ConfigurationSetName = aws.String("mails")
	in.EmailTags = []types.MessageTag{{Name: aws.String("delivery"), Value: aws.String("d1")}}
	out, err := client.SendEmail(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(heard.events[0].Detail)
	if err != nil {
		t.Fatal(err)
	}
	var detail struct {
		EventType string
		Mail      struct {
			Timestamp, MessageID, SourceArn string
			Destination                     []string
			Tags                            map[string][]string
		}
		Bounce struct {
			BounceType        string
			BouncedRecipients []struct{ EmailAddress string }
		}
	}
	if err := json.Unmarshal(text, &detail); err != nil {
		t.Fatal(err)
	}
	if detail.EventType != "Bounce" || detail.Bounce.BounceType != "Permanent" ||
		detail.Bounce.BouncedRecipients[0].EmailAddress != "bounce@simulator.amazonses.com" {
		t.Errorf("bounce %+v", detail)
	}
	if m := detail.Mail; m.MessageID != *out.MessageId || m.Timestamp != "2026-05-04T03:02:01.000Z" ||
		m.Tags["ses:configuration-set"][0] != "mails" || m.Tags["delivery"][0] != "d1" ||
		m.SourceArn != "arn:aws:ses:us-east-1:000000000000:identity/example.com" {
		t.Errorf("mail %+v", m)
	}
}

func TestAnUnknownConfigurationSetIsRefused(t *testing.T) {
	t.Parallel()
	_, client, _ := open(t, Options{})
	in := simple("no-reply@example.com", "a@b.org")
	in.ConfigurationSetName = aws.String("none")
	_, err := client.SendEmail(t.Context(), in)
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "NotFoundException" ||
		refused.ErrorMessage() != "Configuration set <none> does not exist." {
		t.Errorf("error %v", err)
	}
}
