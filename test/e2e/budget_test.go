package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// alert publishes as AWS Budgets does: through the topic, which delivers signed, over https.
func (h *hub) alert(t *testing.T, text string) string {
	t.Helper()
	topics, topic := sns.NewFromConfig(h.awsConfig()), h.outputs["BudgetTopicArn"]
	eventually(t, func() error { // the function confirms in its own time, here as on AWS
		out, err := topics.ListSubscriptionsByTopic(t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
		if err != nil || len(out.Subscriptions) != 1 || !strings.HasPrefix(*out.Subscriptions[0].SubscriptionArn, topic) {
			return fmt.Errorf("the subscription is not confirmed: %+v, %w", out, err)
		}
		return nil
	})
	out, err := topics.Publish(t.Context(), &sns.PublishInput{
		TopicArn: &topic, Message: &text,
		Subject: aws.String("AWS Budgets: Monthly has exceeded your alert threshold"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.MessageId
}

// A mail as /_local/outbox lists it.
type mail struct {
	From, Subject, Text, HTML string
	To                        []string
}

// mails waits for n mails.
func (h *hub) mails(t *testing.T, n int) (got []mail) {
	t.Helper()
	eventually(t, func() error {
		if got = get[struct{ Messages []mail }](t, h.stage, "outbox").Messages; len(got) < n {
			return fmt.Errorf("the outbox holds %d mails, want %d", len(got), n)
		}
		return nil
	})
	return got
}

func alertText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(root + "/functions/budgetsubscriber/internal/alert/testdata/actual.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The mail service fails at first, so the topic delivers again; the room, which had its message, does not hear it twice.
func TestABudgetAlertReachesPeopleByMailAndTheRoomOnce(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	s := h.connect(t, "ada", contract.DefaultRoom)
	h.inject(t, fault{Service: "ses", Kind: "error", Count: 3})
	id := h.alert(t, alertText(t))

	m, _ := s.message(t)
	if m.ID != id || m.UserID != contract.HubUserID || !strings.Contains(string(m.Data), `"type":"budget"`) {
		t.Errorf("the room heard %+v", m)
	}
	sent := h.mails(t, 1)
	if !slices.Equal(sent[0].To, []string{`"Ops" <ops@example.com>`}) || !strings.Contains(sent[0].From, "alerts@hermes.example") ||
		!strings.Contains(sent[0].Subject, "Monthly") || !strings.Contains(sent[0].Text, "$912.34") || sent[0].HTML == "" {
		t.Errorf("the mail is %+v", sent[0])
	}
	if fired := h.heal(t); fired[0] == 0 {
		t.Error("the mail service did not fail")
	}
	h.say(t, contract.DefaultRoom, "marker")
	s.expect(t, "marker")
	if n := len(h.mails(t, 1)); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}

// An alert that reached nobody is kept, and is delivered when somebody moves it to the redrive queue.
func TestAnAlertThatReachedNobodyIsKeptAndTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	notify := h.function(t, "Budget/Notify")
	h.inject(t, fault{Service: "ses", Kind: "error"})
	text := alertText(t)
	h.alert(t, text)
	dead := h.outputs["BudgetDeadLetterQueueUrl"]
	kept := h.takeLetter(t, dead, func(l letter) bool { return strings.Contains(l.body, "912.34") })
	h.heal(t)

	h.inject(t, fault{Service: "lambda", Function: notify, Kind: "throttle", Count: 1})
	h.put(t, h.outputs["BudgetRedriveQueueUrl"], kept.body)
	h.mails(t, 1)

	// What is no alert is kept too, with the reason; trying again does not make it one.
	h.alert(t, "Dear customer, buy now")
	spam := h.takeLetter(t, dead, func(l letter) bool { return strings.Contains(l.body, "buy now") })
	if spam.reason == "" {
		t.Error("the letter does not say why it is kept")
	}
	if fired := h.heal(t); fired[0] != 1 {
		t.Error("the worker was not refused")
	}
	if n := len(h.mails(t, 1)); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
}
