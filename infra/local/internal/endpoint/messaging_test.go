package endpoint

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
)

func makeQueue(t testing.TB, client *sqs.Client, name string) *string {
	t.Helper()
	out, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	must(t, err)
	t.Cleanup(func() {
		_, err := client.DeleteQueue(context.Background(), &sqs.DeleteQueueInput{QueueUrl: out.QueueUrl})
		must(t, err)
	})
	return out.QueueUrl
}

func TestSQSIsAuthorizedByQueueAndMetered(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	admin := sqs.NewFromConfig(s.admin())
	mine, other := makeQueue(t, admin, "auth-mine"), makeQueue(t, admin, "auth-other")
	if want := publicURL + "/000000000000/auth-mine"; *mine != want {
		t.Errorf("queue URL = %s, want %s", *mine, want)
	}
	client := sqs.NewFromConfig(s.function(t, "f", allow(
		`{"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage"],"Resource":"arn:aws:sqs:us-east-1:000000000000:auth-mine"}`)))
	ctx := t.Context()
	big := strings.Repeat("x", 130<<10)
	if _, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: mine, MessageBody: &big, MessageAttributes: map[string]types.MessageAttributeValue{
		"a": {DataType: aws.String("String"), StringValue: aws.String("b")},
	}}); err != nil {
		t.Errorf("send: %v", err)
	}
	if _, err := client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: mine, Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String("small")},
	}}); err != nil {
		t.Errorf("send batch: %v", err)
	}
	got, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: mine, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"}})
	if err != nil || len(got.Messages) != 2 || *got.Messages[0].Body != big || *got.Messages[0].MessageAttributes["a"].StringValue != "b" {
		t.Errorf("received %d messages, %v", len(got.Messages), err)
	}
	_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: other, MessageBody: aws.String("x")})
	wantError(t, err, "AccessDenied", "User: arn:aws:sts::000000000000:assumed-role/f-role/f is not authorized to perform: sqs:SendMessage on resource: "+
		"arn:aws:sqs:us-east-1:000000000000:auth-other because no identity-based policy allows the sqs:SendMessage action")
	_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("http://localhost/000000000000/none"), MessageBody: aws.String("x")})
	wantError(t, err, "AccessDenied", "")
	_, err = admin.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String("http://localhost/000000000000/none"), MessageBody: aws.String("x")})
	wantError(t, err, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")

	units := map[string]float64{}
	for _, i := range s.meter.Usage().Items {
		if i.Function == "f" {
			units[i.Action] = i.Units
		}
	}
	if units["SendMessage"] != 3 || units["SendMessageBatch"] != 1 || units["ReceiveMessage"] != 3 {
		t.Errorf("units = %v, want SendMessage 3, SendMessageBatch 1, ReceiveMessage 3", units)
	}
}

func TestMessageAttributesComeOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	client := sqs.NewFromConfig(s.admin())
	queue := makeQueue(t, client, "attributes")
	attribute := types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String("v")}
	_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{
		QueueUrl: queue, MessageBody: aws.String("x"),
		MessageAttributes: map[string]types.MessageAttributeValue{"a": attribute, "b": attribute},
	})
	must(t, err)
	for _, tt := range []struct {
		names []string
		want  int
	}{{nil, 0}, {[]string{"a"}, 1}, {[]string{"All"}, 2}} {
		got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: queue, MessageAttributeNames: tt.names, VisibilityTimeout: 1})
		must(t, err)
		if len(got.Messages) != 1 {
			t.Fatalf("received %d messages for %v, want 1", len(got.Messages), tt.names)
		}
		if n := len(got.Messages[0].MessageAttributes); n != tt.want {
			t.Errorf("asked for %v: %d attributes, want %d", tt.names, n, tt.want)
		}
		_, err = client.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: queue, ReceiptHandle: got.Messages[0].ReceiptHandle, VisibilityTimeout: 0})
		must(t, err)
	}
}

func TestWhatIsTooLargeForSQSIsRefused(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	client := sqs.NewFromConfig(s.admin())
	queue := makeQueue(t, client, "large")
	body := strings.Repeat("x", 1<<20)
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: &body}); err != nil {
		t.Errorf("1 MiB: %v", err)
	}
	body += "x"
	_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue, MessageBody: &body})
	wantError(t, err, "InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.")
}

// query signs and sends a request in the query protocol, as older SDKs do.
func (s *stage) query(t *testing.T, service, path string, values url.Values) (int, string) {
	t.Helper()
	body := values.Encode()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	creds, err := s.admin().Credentials.Retrieve(t.Context())
	must(t, err)
	must(t, v4.NewSigner().SignHTTP(t.Context(), creds, req, sigv4.HashPayload([]byte(body)), service, "us-east-1", time.Now()))
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(text)
}

func TestSNSIsAuthorizedByTopicAndReachesQueues(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil).withPeers(t)
	ctx := t.Context()
	queues := sqs.NewFromConfig(s.admin())
	queue := makeQueue(t, queues, "subscribed")
	topics := sns.NewFromConfig(s.admin())
	topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("news")})
	must(t, err)
	t.Cleanup(func() {
		_, err := topics.DeleteTopic(context.Background(), &sns.DeleteTopicInput{TopicArn: topic.TopicArn})
		must(t, err)
	})
	_, err = topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:000000000000:subscribed"),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	must(t, err)
	client := sns.NewFromConfig(s.function(t, "f", allow(`{"Effect":"Allow","Action":"sns:Publish","Resource":"arn:aws:sns:us-east-1:000000000000:news"}`)))
	if _, err := client.Publish(ctx, &sns.PublishInput{TopicArn: topic.TopicArn, Message: aws.String("hello")}); err != nil {
		t.Errorf("publish: %v", err)
	}
	got, err := queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue, WaitTimeSeconds: 5})
	if err != nil || len(got.Messages) != 1 || *got.Messages[0].Body != "hello" {
		t.Errorf("received %v, %v", got, err)
	}
	_, err = client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: topic.TopicArn})
	wantError(t, err, "AuthorizationError", "")
}
