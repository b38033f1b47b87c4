package sqs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/peertest"
	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
)

// TestSendToFauxqs sends to a standard queue of an SQS that others wrote.
func TestSendToFauxqs(t *testing.T) {
	t.Parallel()
	client := peertest.Fauxqs(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	created, err := client.CreateQueue(ctx, &awssqs.CreateQueueInput{QueueName: aws.String("intake")})
	if err != nil {
		t.Fatal(err)
	}
	intake := sqs.Queue{Client: client, URL: *created.QueueUrl}
	messages := make([]queue.Message, 0, 12)
	for range 11 {
		messages = append(messages, queue.Message{Body: `{"room_id":"r"}`, Group: queue.Group("r")})
	}
	messages = append(messages, queue.Message{Body: "dead", Error: "why it was refused"})
	if err := errors.Join(intake.Send(ctx, messages)...); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(intake.Send(ctx, []queue.Message{{Body: "later", Group: queue.Group("r"), Delay: time.Minute}})...); err != nil {
		t.Fatal(err)
	}
	bodies := map[string]int{}
	for received := 0; received < len(messages); {
		out, err := client.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{
			QueueUrl: created.QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			t.Fatalf("after %d messages: %v", received, err)
		}
		for _, m := range out.Messages {
			received++
			bodies[*m.Body]++
			if *m.Body == "dead" && aws.ToString(m.MessageAttributes["error"].StringValue) != "why it was refused" {
				t.Errorf("attributes %+v", m.MessageAttributes)
			}
		}
	}
	if bodies[`{"room_id":"r"}`] != 11 || bodies["dead"] != 1 || bodies["later"] != 0 {
		t.Errorf("received %v", bodies)
	}
}
