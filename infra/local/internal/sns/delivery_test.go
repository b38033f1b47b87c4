package sns_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/hermes-cdk/hermes/functions/snsverify"
	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
)

const (
	deadQueue = "arn:aws:sqs:us-east-1:000000000000:dead"
	redrive   = `{"deadLetterTargetArn":"` + deadQueue + `"}`
)

func TestServerErrorsAreRepeatedAndThenKept(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	arn := b.subscribed(t, topic, e, map[string]string{"RedrivePolicy": redrive})
	e.status.Store(http.StatusInternalServerError)
	id := b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("hello")})
	first := e.next(t)
	for range 3 {
		if passed := advance(t, b.clock); passed != 20*time.Second {
			t.Errorf("repeated after %s, want 20s", passed)
		}
		if again := e.next(t); again.body != first.body || again.header.Get("X-Amz-Sns-Message-Id") != id {
			t.Errorf("repeated as\n%s\nwant\n%s", again.body, first.body)
		}
	}
	eventually(t, "it is a dead letter", func() bool { return len(b.deadLetters.all()) == 1 })
	letter := b.deadLetters.all()[0]
	delete(letter.attributes, "RequestID")
	want := deadLetter{topic, deadQueue, first.body, map[string]string{"ErrorCode": "500", "ErrorMessage": `status 500: "as set"`}}
	if !reflect.DeepEqual(letter, want) {
		t.Errorf("dead letter\n%+v\nwant\n%+v", letter, want)
	}
	b.verify(t, topic, post{body: letter.body}) // a redrive can be verified as well

	var numbers []int
	for _, a := range b.Attempts() {
		if a.MessageID != id || a.SubscriptionARN != arn || a.Delivered || a.Reason != `status 500: "as set"` || a.Final != (a.Number == 4) {
			if a.Type == "Notification" {
				t.Errorf("attempt %+v", a)
			}
			continue
		}
		numbers = append(numbers, a.Number)
	}
	if !reflect.DeepEqual(numbers, []int{1, 2, 3, 4}) {
		t.Errorf("attempts %v, want 1 to 4", numbers)
	}
}

func TestWhatAStatusMeans(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *sns.Config) { c.Retry = sns.RetryPolicy{Retries: 1, Delay: time.Second} })
	for status, want := range map[int]string{
		200: "delivered", 202: "delivered", 204: "delivered", 301: "refused", 400: "refused", 403: "refused", 409: "refused", 429: "refused",
		500: "repeated", 502: "repeated", 503: "repeated", 504: "repeated",
	} {
		e := newEndpoint(t)
		topic := b.topic(t, nil)
		b.subscribed(t, topic, e, map[string]string{"RedrivePolicy": redrive})
		e.status.Store(int64(status))
		before := len(b.deadLetters.all())
		id := b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("hello")})
		e.next(t)
		switch want {
		case "repeated":
			advance(t, b.clock)
			e.next(t)
			eventually(t, "it is a dead letter", func() bool { return len(b.deadLetters.all()) == before+1 })
		case "refused":
			eventually(t, "it is a dead letter", func() bool { return len(b.deadLetters.all()) == before+1 })
			if got := b.deadLetters.all()[before].attributes["ErrorCode"]; got != strconv.Itoa(status) {
				t.Errorf("ErrorCode %s, want %d", got, status)
			}
		case "delivered":
			eventually(t, "it is delivered", func() bool {
				attempts := b.Attempts()
				last := attempts[len(attempts)-1]
				return last.MessageID == id && last.Delivered && last.Final
			})
		}
		if len(e.posts) > 0 {
			t.Errorf("status %d: posted once too often", status)
		}
	}
}

func TestARecoveredEndpointGetsTheMessage(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	b.subscribed(t, topic, e, map[string]string{"RedrivePolicy": redrive})
	e.status.Store(http.StatusServiceUnavailable)
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("hello")})
	e.next(t)
	e.status.Store(http.StatusOK)
	advance(t, b.clock)
	if got := b.verify(t, topic, e.next(t)).Signed().Message; got != "hello" {
		t.Errorf("got %q", got)
	}
	if deadLettersSent := b.deadLetters.all(); len(deadLettersSent) > 0 {
		t.Errorf("dead deadLettersSent %v", deadLettersSent)
	}
}

func TestASlowEndpointIsAFailure(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *sns.Config) {
		c.Timeout = 50 * time.Millisecond
		c.Retry = sns.RetryPolicy{Retries: 0, Delay: 1}
	})
	topic := b.topic(t, nil)
	slow := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-slow:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(slow) })
	if _, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("https"), Endpoint: &server.URL}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the attempt has ended", func() bool {
		attempts := b.Attempts()
		return len(attempts) == 1 && attempts[0].Final && !attempts[0].Delivered && strings.Contains(attempts[0].Reason, "context deadline exceeded")
	})
}

func TestRawDelivery(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	b.subscribed(t, topic, e, map[string]string{
		"RawMessageDelivery": "true", "DeliveryPolicy": `{"requestPolicy":{"headerContentType":"application/json"}}`,
	})
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String(`{"a":1}`)})
	p := e.next(t)
	if p.body != `{"a":1}` || p.header.Get("X-Amz-Sns-Rawdelivery") != "true" || p.header.Get("Content-Type") != "application/json; charset=UTF-8" {
		t.Errorf("got %q with %v", p.body, p.header)
	}
}

func TestAttributesAndStructure(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	b.subscribed(t, topic, e, nil)
	b.publish(t, awssns.PublishInput{
		TopicArn: &topic, MessageStructure: aws.String("json"), Message: aws.String(`{"default":"d","https":"for https","sqs":"for queues"}`),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"kind": {DataType: aws.String("String"), StringValue: aws.String("budget")},
			"blob": {DataType: aws.String("Binary"), BinaryValue: []byte{1, 2}},
		},
	})
	n, ok := b.verify(t, topic, e.next(t)).(*snsverify.Notification)
	want := map[string]snsverify.Attribute{"kind": {Type: "String", Value: "budget"}, "blob": {Type: "Binary", Value: "AQI="}}
	if !ok || n.Message != "for https" || !reflect.DeepEqual(n.UnsignedAttributes, want) {
		t.Errorf("got %+v", n)
	}
	_, err := b.sns.Publish(context.Background(), &awssns.PublishInput{TopicArn: &topic, MessageStructure: aws.String("json"), Message: aws.String(`{}`)})
	wantCode(t, err, "InvalidParameter", "Invalid parameter: Message Structure - No default entry in JSON message body")
	_, err = b.sns.Publish(context.Background(), &awssns.PublishInput{TopicArn: &topic, MessageStructure: aws.String("json"), Message: aws.String(`x`)})
	wantCode(t, err, "InvalidParameter", "Invalid parameter: Message Structure - JSON message body failed to parse")
	for _, subject := range []string{"", "a\nb", strings.Repeat("x", 100)} {
		_, err = b.sns.Publish(context.Background(), &awssns.PublishInput{TopicArn: &topic, Message: aws.String("x"), Subject: &subject})
		wantCode(t, err, "InvalidParameter", "Invalid parameter: Subject")
	}
	_, err = b.sns.Publish(context.Background(), &awssns.PublishInput{TopicArn: aws.String(topic + "x"), Message: aws.String("x")})
	wantCode(t, err, "NotFound", "Topic does not exist")
}

func TestBatch(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	b.subscribed(t, topic, e, nil)
	out, err := b.sns.PublishBatch(context.Background(), &awssns.PublishBatchInput{TopicArn: &topic, PublishBatchRequestEntries: []types.PublishBatchRequestEntry{
		{Id: aws.String("a"), Message: aws.String("one"), Subject: aws.String("first")},
		{Id: aws.String("b"), Message: aws.String(`{"default":"two"}`), MessageStructure: aws.String("json")},
	}})
	if err != nil || len(out.Successful) != 2 {
		t.Fatal(out, err)
	}
	ids := map[string]string{}
	for _, s := range out.Successful {
		ids[*s.MessageId] = *s.Id
	}
	got := map[string]string{}
	for range 2 {
		n := b.verify(t, topic, e.next(t)).(*snsverify.Notification)
		got[ids[n.MessageID]] = n.Message + "/" + n.Subject
	}
	if want := map[string]string{"a": "one/first", "b": "two/"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLambda(t *testing.T) {
	t.Parallel()
	b := setup(t)
	topic := b.topic(t, map[string]string{"SignatureVersion": "2"})
	const function = "arn:aws:lambda:us-east-1:000000000000:function:f"
	out, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("lambda"), Endpoint: aws.String(function), Attributes: map[string]string{"RedrivePolicy": redrive},
	})
	if err != nil || !strings.HasPrefix(*out.SubscriptionArn, topic+":") {
		t.Fatal(out, err)
	}
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("hello")})
	got := <-b.invocations.events
	var payload struct {
		Records []struct {
			EventSource, EventVersion, EventSubscriptionArn string
			Sns                                             json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(got.payload), &payload); err != nil || len(payload.Records) != 1 {
		t.Fatal(got.payload, err)
	}
	r := payload.Records[0]
	if got.function != function || r.EventSource != "aws:sns" || r.EventVersion != "1.0" || r.EventSubscriptionArn != *out.SubscriptionArn {
		t.Errorf("invoked %s with %s", got.function, got.payload)
	}
	for _, part := range []string{`"Subject":null`, `"SigningCertUrl":"https://sns.us-east-1.amazonaws.com/`, `"UnsubscribeUrl":"`, `"MessageAttributes":{}`} {
		if !strings.Contains(string(r.Sns), part) {
			t.Errorf("the record lacks %s: %s", part, r.Sns)
		}
	}
	if got := b.verify(t, topic, post{body: string(r.Sns)}).Signed().Message; got != "hello" {
		t.Errorf("got %q", got)
	}

	b.invocations.failing.Store(true)
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("again")})
	for range 3 {
		<-b.invocations.events
		advance(t, b.clock)
	}
	<-b.invocations.events
	eventually(t, "it is a dead letter", func() bool { return len(b.deadLetters.all()) == 1 })
}
