package eventsource

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A testQueue is a queue that moves messages to a dead-letter queue after two receives.
type testQueue interface {
	Queues
	send(body string, delay time.Duration, attributes map[string]types.MessageAttributeValue)
	left() int
	deadBodies() []string
}

type invocation struct {
	batch []events.SQSMessage
	at    time.Time
}

// A function records what it was invoked with and returns what is set.
type function struct {
	mu     sync.Mutex
	calls  []invocation
	answer func(batch []events.SQSMessage, n int) (string, string, error)
}

func (f *function) Invoke(_ context.Context, _ string, payload []byte) ([]byte, string, error) {
	var e events.SQSEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, "", err
	}
	f.mu.Lock()
	f.calls = append(f.calls, invocation{batch: e.Records, at: time.Now()})
	n, answer := len(f.calls), f.answer
	f.mu.Unlock()
	if answer == nil {
		return []byte("null"), "", nil
	}
	text, functionError, err := answer(e.Records, n)
	return []byte(text), functionError, err
}

// bodies lists what came, in the order it came.
func (f *function) bodies() []string {
	var bodies []string
	for _, call := range f.invocations() {
		for _, m := range call.batch {
			bodies = append(bodies, m.Body+"#"+m.Attributes["ApproximateReceiveCount"])
		}
	}
	return bodies
}

func (f *function) invocations() []invocation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

type busyError struct{}

func (busyError) Error() string   { return "rate exceeded" }
func (busyError) Throttled() bool { return true }

// suite is what every queue must do with an event source: the fake with the bubble's clock, and the real peer.
var suite = []struct {
	name       string
	visibility time.Duration
	run        func(t *testing.T, q testQueue)
}{
	{"messages are handed to the function and deleted", time.Second, func(t *testing.T, q testQueue) {
		f := &function{}
		start(t, q, f, Mapping{})
		for _, body := range []string{"a", "b", "c"} {
			q.send(body, 0, nil)
		}
		eventually(t, "all are deleted", func() bool { return len(f.bodies()) == 3 && q.left() == 0 })
	}},
	{"the event carries all of a message", time.Second, func(t *testing.T, q testQueue) {
		f := &function{}
		start(t, q, f, Mapping{})
		q.send(`{"n":1}`, 0, map[string]types.MessageAttributeValue{
			"text": {DataType: aws.String("String"), StringValue: aws.String("v")},
			"data": {DataType: aws.String("Binary"), BinaryValue: []byte{1, 2}},
		})
		eventually(t, "it is deleted", func() bool { return len(f.bodies()) == 1 && q.left() == 0 })
		m := f.invocations()[0].batch[0]
		if m.Body != `{"n":1}` || len(m.Md5OfBody) != 32 || m.MessageId == "" || m.ReceiptHandle == "" {
			t.Errorf("message %+v", m)
		}
		if m.EventSource != "aws:sqs" || m.EventSourceARN != "arn:aws:sqs:us-east-1:000000000000:work" || m.AWSRegion != "us-east-1" {
			t.Errorf("source %+v", m)
		}
		if *m.MessageAttributes["text"].StringValue != "v" || m.MessageAttributes["text"].DataType != "String" {
			t.Errorf("attribute %+v", m.MessageAttributes["text"])
		}
		if got := m.MessageAttributes["data"]; !slices.Equal(got.BinaryValue, []byte{1, 2}) || got.DataType != "Binary" {
			t.Errorf("attribute %+v", got)
		}
		if m.Attributes["SentTimestamp"] == "" {
			t.Errorf("system attributes %v", m.Attributes)
		}
	}},
	{"a failed item comes again and the others do not", time.Second, func(t *testing.T, q testQueue) {
		f := &function{answer: func(batch []events.SQSMessage, _ int) (string, string, error) {
			for _, m := range batch {
				if m.Body == "bad" && m.Attributes["ApproximateReceiveCount"] == "1" {
					return `{"batchItemFailures":[{"itemIdentifier":"` + m.MessageId + `"}]}`, "", nil
				}
			}
			return `{"batchItemFailures":[]}`, "", nil
		}}
		q.send("good", 0, nil)
		q.send("bad", 0, nil)
		start(t, q, f, Mapping{ReportBatchItemFailures: true})
		eventually(t, "all are deleted", func() bool { return len(f.bodies()) == 3 && q.left() == 0 })
		if got := f.bodies(); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"bad#1", "bad#2", "good#1"}) {
			t.Errorf("received %v", got)
		}
		calls := f.invocations()
		if again := calls[len(calls)-1].at.Sub(calls[0].at); again < 900*time.Millisecond {
			t.Errorf("it came again after %s, before its visibility timeout", again)
		}
	}},
	{"a batch on which the function fails ends in the dead-letter queue", time.Second, func(t *testing.T, q testQueue) {
		f := &function{answer: func([]events.SQSMessage, int) (string, string, error) {
			return `{"errorMessage":"no"}`, "Unhandled", nil
		}}
		q.send("poison", 0, nil)
		start(t, q, f, Mapping{})
		eventually(t, "it is a dead letter", func() bool { return len(q.deadBodies()) == 1 })
		if got := f.bodies(); !slices.Equal(got, []string{"poison#1", "poison#2"}) {
			t.Errorf("received %v", got)
		}
	}},
	{"a delayed message comes on time", time.Second, func(t *testing.T, q testQueue) {
		f := &function{}
		start(t, q, f, Mapping{})
		sent := time.Now()
		q.send("later", 2*time.Second, nil)
		eventually(t, "it came", func() bool { return len(f.bodies()) == 1 })
		if took := f.invocations()[0].at.Sub(sent); took < 1990*time.Millisecond || took > 2500*time.Millisecond {
			t.Errorf("it took %s", took)
		}
	}},
	{"a throttled batch is tried again without another receive", 30 * time.Second, func(t *testing.T, q testQueue) {
		f := &function{answer: func(_ []events.SQSMessage, n int) (string, string, error) {
			if n <= 2 {
				return "", "", busyError{}
			}
			return "", "", nil
		}}
		q.send("a", 0, nil)
		start(t, q, f, Mapping{})
		eventually(t, "it is deleted", func() bool { return q.left() == 0 && len(f.bodies()) == 3 })
		if got := f.bodies(); !slices.Equal(got, []string{"a#1", "a#1", "a#1"}) {
			t.Errorf("received %v", got)
		}
	}},
	{"a batch joins several receives within its window", 30 * time.Second, func(t *testing.T, q testQueue) {
		f := &function{}
		for range 25 {
			q.send("m", 0, nil)
		}
		start(t, q, f, Mapping{BatchSize: 100, BatchWindow: time.Second, MaximumConcurrency: 2})
		eventually(t, "all are deleted", func() bool { return len(f.bodies()) == 25 && q.left() == 0 })
		if batches := len(f.invocations()); batches > 2 {
			t.Errorf("%d batches", batches)
		}
	}},
}

// start runs an event source until the test ends.
func start(t *testing.T, q Queues, f Invoker, m Mapping) *EventSource {
	t.Helper()
	m.ID, m.Function, m.QueueARN = "Source", "work", "arn:aws:sqs:us-east-1:000000000000:work"
	if m.QueueURL = "http://queue/work"; isPeer(q) {
		m.QueueURL = q.(*peerQueue).url
	}
	s, err := NewEventSource(m, SourceConfig{Queues: q, Invoker: f, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEventSourceWithFakeQueue(t *testing.T) {
	t.Parallel()
	for _, c := range suite {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { c.run(t, newFakeQueue(c.visibility, 2)) })
		})
	}
}

func TestEventSourceWithFauxqs(t *testing.T) {
	t.Parallel()
	client := sqs.NewFromConfig(startPeer(t, fauxqsScript))
	t.Run("", func(t *testing.T) {
		for _, c := range suite {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, newPeerQueue(t, client, c.visibility))
			})
		}
	})
}

// A peerQueue is a queue of the real peer.
type peerQueue struct {
	*sqs.Client
	t         *testing.T
	url, dead string
	mu        sync.Mutex
	deads     []string
}

func isPeer(q Queues) bool {
	_, is := q.(*peerQueue)
	return is
}

func newPeerQueue(t *testing.T, client *sqs.Client, visibility time.Duration) *peerQueue {
	t.Helper()
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(t.Name()[strings.LastIndex(t.Name(), "/")+1:]))
	dead, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String(name + "-dead")})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{
		"VisibilityTimeout": strconv.Itoa(int(visibility / time.Second)),
		"RedrivePolicy":     `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:` + name + `-dead","maxReceiveCount":2}`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return &peerQueue{Client: client, t: t, url: *queue.QueueUrl, dead: *dead.QueueUrl}
}

func (q *peerQueue) send(body string, delay time.Duration, attributes map[string]types.MessageAttributeValue) {
	_, err := q.SendMessage(context.Background(), &sqs.SendMessageInput{
		QueueUrl: &q.url, MessageBody: &body, DelaySeconds: int32(delay / time.Second), MessageAttributes: attributes,
	})
	if err != nil {
		q.t.Error(err)
	}
}

func (q *peerQueue) left() int {
	out, err := q.GetQueueAttributes(context.Background(), &sqs.GetQueueAttributesInput{QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{"All"}})
	if err != nil {
		return -1
	}
	if out.Attributes["ApproximateNumberOfMessages"] == "0" && out.Attributes["ApproximateNumberOfMessagesNotVisible"] == "0" &&
		out.Attributes["ApproximateNumberOfMessagesDelayed"] == "0" {
		return 0
	}
	return 1
}

func (q *peerQueue) deadBodies() []string {
	out, err := q.ReceiveMessage(context.Background(), &sqs.ReceiveMessageInput{QueueUrl: &q.dead, VisibilityTimeout: 600})
	q.mu.Lock()
	defer q.mu.Unlock()
	if err == nil {
		for _, m := range out.Messages {
			q.deads = append(q.deads, *m.Body)
		}
	}
	return slices.Clone(q.deads)
}
