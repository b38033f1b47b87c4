package e2e

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A letter is a message of a dead-letter queue.
type letter struct{ body, reason string }

// takeLetter takes the first dead letter that is wanted; others are left to whom they belong.
func (h *hub) takeLetter(t *testing.T, queue string, wanted func(letter) bool) letter {
	t.Helper()
	var found letter
	eventually(t, func() error {
		out, err := h.queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &queue, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}, VisibilityTimeout: 1,
		})
		if err != nil {
			return err
		}
		for _, m := range out.Messages {
			l := letter{*m.Body, aws.ToString(m.MessageAttributes[contract.AttributeError].StringValue)}
			if !wanted(l) {
				continue
			}
			found = l
			_, err := h.queues.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle})
			return err
		}
		return errors.New("the letter is not there")
	})
	return found
}

// put sends bodies to a queue in one batch.
func (h *hub) put(t *testing.T, queue string, bodies ...string) {
	t.Helper()
	entries := make([]types.SendMessageBatchRequestEntry, len(bodies))
	for i, body := range bodies {
		entries[i] = types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: &body}
	}
	out, err := h.queues.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: &queue, Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Failed {
		t.Fatalf("message %s was not sent: %s: %s", *f.Id, *f.Code, aws.ToString(f.Message))
	}
}

func TestPoisonEndsAsADeadLetterAndTheRestIsDelivered(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	quoted, err := json.Marshal(room)
	if err != nil {
		t.Fatal(err)
	}
	good := func(n int) string { return `{"room_id":` + string(quoted) + `,"data":` + strconv.Itoa(n) + `}` }
	large := `{"room_id":` + string(quoted) + `,"data":"` + strings.Repeat("x", contract.MaxFrameBytes) + `"}`
	poison := map[string]string{
		`not JSON, of ` + room:                  `body is not one JSON object: it starts with "not JSON, of ` + room + `"`,
		`{"data":"without room, ` + room + `"}`: `missing field: room_id`,
		`{"room_id":7,"data":"` + room + `"}`:   `invalid field: room_id must be a string, not a number`,
		large:                                   `message is too large`,
	}
	bodies := []string{good(1)}
	for body := range poison {
		bodies = append(bodies, body, good(len(bodies)+1))
	}
	h.put(t, h.intake, bodies...)
	s.receive(t, 1+len(poison))
	for body, reason := range poison {
		l := h.takeLetter(t, h.dead, func(l letter) bool { return l.body == body })
		if !strings.HasPrefix(l.reason, reason) {
			t.Errorf("%.60s: the letter says %q, want %q", body, l.reason, reason)
		}
	}
}

func TestAPoisonedChunkEndsAsADeadLetter(t *testing.T) {
	t.Parallel()
	h := shared(t)
	h.put(t, h.fanout, "no chunk")
	if l := h.takeLetter(t, h.fanDead, func(l letter) bool { return l.body == "no chunk" }); l.reason == "" {
		t.Error("the letter does not say why")
	}
}
