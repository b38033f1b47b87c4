package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/client"
)

// What SQS refuses in a message, which every text may hold, reaches people and the room as it was written.
func TestATextThatSQSRefusesArrives(t *testing.T) {
	t.Parallel()
	h, group := newHubStage(t, "-ephemeral"), newRoom()
	s := h.scheduler(t)
	const text = "before \ufffe\uffff after"
	subscribe(t, s, group, "ada@example.com")
	listener := h.connect(t, "ada", group)
	if _, err := s.Schedule(t.Context(), group, client.ScheduleRequest{
		Subject: "Odd " + text, Body: text, Data: map[string]string{"text": text}, ScheduleOn: time.Now().Truncate(time.Second),
		Repeat: &client.Repeat{RRule: "FREQ=MINUTELY"}, // the next occurrence is queued with this one
	}); err != nil {
		t.Fatal(err)
	}
	m, _ := listener.message(t)
	var heard scheduled
	if err := json.Unmarshal(m.Data, &heard); err != nil || heard.Text != text {
		t.Errorf("the room heard %s, %v", m.Data, err)
	}
	if sent := h.mails(t, 1); sent[0].Text != text || sent[0].Subject != "Odd "+text {
		t.Errorf("the mail is %q: %q", sent[0].Subject, sent[0].Text)
	}
	h.say(t, group, text)
	listener.expect(t, text)
	if answer := listener.ask(t, `{"action":"sendMessage","ref":"1","data":"`+text+`"}`); answer.Type != "ok" {
		t.Errorf("the client was answered %+v", answer)
	}
	listener.expect(t, text)
}

// Standard queues repeat and reorder. A mail goes out once all the same.
func TestAMailGoesOutOnceThoughItsQueuesRepeatIt(t *testing.T) {
	t.Parallel()
	h, group := newHubStage(t, "-ephemeral"), newRoom()
	s := h.scheduler(t)
	emails := []string{"ada@example.com", "bob@example.com", "cleo@example.com"}
	subscribe(t, s, group, emails...)
	var rules []fault
	for i, kind := range []string{"duplicate", "reorder", "late"} {
		for j, construct := range []string{"Scheduler/Expand", "Scheduler/Deliver"} {
			rules = append(rules, fault{Service: "sqs", Function: h.function(t, construct), Kind: kind, Share: 0.5, WindowMS: 500, Seed: uint64(2*i + j)})
		}
	}
	h.inject(t, append(rules, fault{Service: "lambda", Kind: "cold_start"})...)
	const messages = 5
	for i := range messages {
		request := client.ScheduleRequest{Subject: fmt.Sprint(i), Body: "Once.", ScheduleOn: time.Now().Add(time.Second)}
		if _, err := s.Schedule(t.Context(), group, request); err != nil {
			t.Fatal(err)
		}
	}
	h.mails(t, messages*len(emails))
	eventually(t, func() error { // what repeats comes within half a second, and finds the queues empty
		for _, q := range get[struct{ Queues []resource }](t, h.stage, "resources").Queues {
			out, err := h.queues.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &q.URL, AttributeNames: []types.QueueAttributeName{"All"}})
			if err != nil {
				return err
			}
			for _, name := range []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"} {
				if n := out.Attributes[name]; n != "0" {
					return fmt.Errorf("%s of %s is %s", name, q.Path, n)
				}
			}
		}
		return nil
	})
	seen := map[string]int{}
	for _, m := range h.mails(t, messages*len(emails)) {
		seen[m.Subject+" to "+m.To[0]]++
	}
	for what, times := range seen {
		if times != 1 {
			t.Errorf("mail %s was sent %d times", what, times)
		}
	}
	fired := h.heal(t)
	if len(seen) != messages*len(emails) || fired[0]+fired[1] == 0 || fired[2]+fired[3] == 0 || fired[4]+fired[5] == 0 || fired[6] == 0 {
		t.Errorf("%d mails; the faults struck %v times", len(seen), fired)
	}
}
