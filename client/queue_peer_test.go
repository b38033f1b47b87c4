package client

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A queue that others wrote takes what the Publisher sends, the largest messages included.
func TestPublishBatchToARealQueue(t *testing.T) {
	t.Parallel()
	queue, url := peerQueue(t)
	p, err := NewPublisher(queue, url, WithAttributes(map[string]string{"service": "shop"}))
	if err != nil {
		t.Fatal(err)
	}
	messages := numbered(23)
	for i := range messages {
		messages[i].Data = strings.Repeat("<", 30_000)
	}
	result, err := p.PublishBatch(t.Context(), messages)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for n, m := range messages {
		if result.IDs[n] != m.ID {
			t.Errorf("message %d has the id %s, want %s", n, result.IDs[n], m.ID)
		}
		body, err := m.body()
		if err != nil {
			t.Fatal(err)
		}
		want[body] = true
	}
	if got := receiveAll(t, queue, url, len(messages)); !maps.Equal(got, want) {
		t.Errorf("the queue gave %d bodies that differ from the %d sent", len(got), len(want))
	}
}

// receiveAll returns the distinct bodies of the queue until there are n. What a receive loses comes back after a second:
// the SDK gives up the answer of a fast peer when its own request is not done with yet, and asks again.
// https://github.com/aws/aws-sdk-go-v2/issues/2737
func receiveAll(t *testing.T, queue *sqs.Client, url string, n int) map[string]bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	bodies := map[string]bool{}
	for len(bodies) < n {
		out, err := queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			VisibilityTimeout: 1, WaitTimeSeconds: 1,
		})
		if err != nil {
			t.Fatalf("receive after %d of %d messages: %v", len(bodies), n, err)
		}
		for _, m := range out.Messages {
			expectService(t, m)
			bodies[*m.Body] = true
		}
	}
	return bodies
}

func expectService(t *testing.T, m types.Message) {
	t.Helper()
	if a, found := m.MessageAttributes["service"]; !found || *a.StringValue != "shop" {
		t.Errorf("the attributes are %v", m.MessageAttributes)
	}
}
