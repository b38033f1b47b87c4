package backends

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func TestQueueURLsAreThoseOfTheEndpoint(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	peer, err := StartQueues(ctx, QueueOptions{Root: testRoot(t), PublicURL: publicURL})
	started(t, peer, err)
	client := sqs.NewFromConfig(testConfig(peer.URL))

	got := createQueue(ctx, t, client, "jobs")
	if want := publicURL + "/000000000000/jobs"; got != want {
		t.Errorf("queue URL = %q, want %q", got, want)
	}
	for _, url := range []string{got, "http://localhost:9/000000000000/jobs", "https://sqs.us-east-1.amazonaws.com/000000000000/jobs"} {
		if _, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x")}); err != nil {
			t.Errorf("send to %s: %v", url, err)
		}
	}
	if _, err := client.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: &got}); err != nil {
		t.Fatal(err)
	}
	list, err := client.ListQueues(ctx, &sqs.ListQueuesInput{})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.QueueUrls) != 0 {
		t.Errorf("queues after deletion = %v, want none", list.QueueUrls)
	}
}

func TestAcceptedMessagesSurviveARestartWithTheirIdentity(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	options := QueueOptions{Root: testRoot(t), PublicURL: publicURL, Dir: t.TempDir()}

	first, err := StartQueues(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	client := sqs.NewFromConfig(testConfig(first.URL))
	url := createQueue(ctx, t, client, "jobs")
	sent := map[string]string{}
	for _, body := range []string{"done", "in flight", "waiting"} {
		sent[body] = send(ctx, t, client, url, body, 0)
	}
	send(ctx, t, client, url, "later", 900)
	done := receive(ctx, t, client, url, 1)[0]
	if _, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: done.ReceiptHandle}); err != nil {
		t.Fatal(err)
	}
	receive(ctx, t, client, url, 1) // left in flight
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}

	second, err := StartQueues(ctx, options)
	started(t, second, err)
	client = sqs.NewFromConfig(testConfig(second.URL))
	url = createQueue(ctx, t, client, "jobs")
	got := map[string]string{}
	counts := map[string]string{}
	for _, m := range receive(ctx, t, client, url, 10) {
		got[*m.Body] = *m.MessageId
		counts[*m.Body] = m.Attributes["ApproximateReceiveCount"]
	}
	delete(sent, "done")
	if !maps.Equal(got, sent) {
		t.Errorf("messages after the restart = %v, want %v", got, sent)
	}
	if want := map[string]string{"in flight": "2", "waiting": "1"}; !maps.Equal(counts, want) {
		t.Errorf("receive counts = %v, want %v", counts, want)
	}
	attributes, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll}})
	if err != nil {
		t.Fatal(err)
	}
	if n := attributes.Attributes["ApproximateNumberOfMessagesDelayed"]; n != "1" {
		t.Errorf("delayed messages = %s, want 1", n)
	}
}

func TestAPeerThatCannotStartSaysWhatItWrote(t *testing.T) {
	t.Parallel()
	_, err := startNode(testContext(t), "broken", testRoot(t), `throw new Error('no such thing')`, "/", nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"peers: start broken: not ready: it ended: ", "no such thing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error = %q, want it to hold %q", err, want)
		}
	}
}

func TestARootWithoutThePeersIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := FindRoot(dir)
	want := "peers: find root: dynalite and fauxqs: not installed in a node_modules at or above " + dir + ": run npm ci"
	if err == nil || err.Error() != want {
		t.Errorf("error = %v, want %s", err, want)
	}
}

func createQueue(ctx context.Context, t *testing.T, client *sqs.Client, name string) string {
	t.Helper()
	out, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return *out.QueueUrl
}

func send(ctx context.Context, t *testing.T, client *sqs.Client, url, body string, delay int32) (id string) {
	t.Helper()
	out, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body, DelaySeconds: delay})
	if err != nil {
		t.Fatal(err)
	}
	return *out.MessageId
}

func receive(ctx context.Context, t *testing.T, client *sqs.Client, url string, limit int32) []types.Message {
	t.Helper()
	out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &url, MaxNumberOfMessages: limit,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(out.Messages)
}

func TestChangingQueuesAreWrittenDownWhileThePeerRuns(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	dir := t.TempDir()
	peer, err := StartQueues(ctx, QueueOptions{Root: testRoot(t), PublicURL: publicURL, Dir: dir, Every: 10 * time.Millisecond})
	started(t, peer, err)
	client := sqs.NewFromConfig(testConfig(peer.URL))
	send(ctx, t, client, createQueue(ctx, t, client, "jobs"), "written down", 0)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if text, err := os.ReadFile(filepath.Join(dir, "messages.json")); err == nil && strings.Contains(string(text), "written down") {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("the message is in no snapshot")
		case <-tick.C:
		}
	}
}
