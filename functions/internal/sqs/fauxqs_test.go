package sqs_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/hub"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
)

// startFauxqs starts the SQS that npm installed, on a free port of the loopback, and stops it after the test.
func startFauxqs(t *testing.T) *awssqs.Client {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "fauxqs")); err != nil {
		t.Fatalf("fauxqs is not installed: run `npm ci` in %s first (%v)", root, err)
	}
	const script = `import { buildApp } from 'fauxqs';` +
		`const app = buildApp({ logger: false });` +
		`await app.listen({ port: 0, host: '127.0.0.1' });` +
		`console.log(app.server.address().port);` +
		`process.stdin.resume().on('end', () => process.exit());` // ends with us, however we end
	node := exec.Command("node", "--input-type=module", "-e", script)
	node.Dir = root
	node.Stderr = os.Stderr
	stdin, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatalf("node is needed to run fauxqs: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = node.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("fauxqs did not say its port: %v", err)
	}
	return awssqs.New(awssqs.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String("http://127.0.0.1:" + strings.TrimSpace(port)),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// TestSendToFauxqs sends to a standard queue of an SQS that others wrote.
func TestSendToFauxqs(t *testing.T) {
	t.Parallel()
	client := startFauxqs(t)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	created, err := client.CreateQueue(ctx, &awssqs.CreateQueueInput{QueueName: aws.String("intake")})
	if err != nil {
		t.Fatal(err)
	}
	queue := sqs.Queue{Client: client, URL: *created.QueueUrl}
	messages := make([]hub.QueueMessage, 0, 12)
	for range 11 {
		messages = append(messages, hub.QueueMessage{Body: `{"room_id":"r"}`, Group: hub.Group("r")})
	}
	messages = append(messages, hub.QueueMessage{Body: "dead", Error: "why it was refused"})
	if err := errors.Join(queue.Send(ctx, messages)...); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(queue.Send(ctx, []hub.QueueMessage{{Body: "later", Group: hub.Group("r"), Delay: time.Minute}})...); err != nil {
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
