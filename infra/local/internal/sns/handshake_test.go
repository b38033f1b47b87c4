package sns_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/snsverify"
	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
)

func decode(t *testing.T, body string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return out
}

// outside is the client of a program that has HTTPS_PROXY and SSL_CERT_FILE.
func (b *bundle) outside(t *testing.T) *http.Client {
	t.Helper()
	ca, err := os.ReadFile(b.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		t.Fatalf("no certificate in %s", b.CAFile())
	}
	proxy, err := url.Parse(b.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// verify lets the production verifier judge what was posted.
func (b *bundle) verify(t *testing.T, topic string, p post) snsverify.Message {
	t.Helper()
	v, err := snsverify.New([]string{topic}, snsverify.WithHTTPClient(b.outside(t)), snsverify.WithMaxAge(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	message, err := v.Verify(context.Background(), []byte(p.body), p.header)
	if err != nil {
		t.Fatalf("%v for\n%s", err, p.body)
	}
	return message
}

func TestHandshakeByTheAPI(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1", "2"} {
		t.Run("signature version "+version, func(t *testing.T) {
			t.Parallel()
			b, e := setup(t), newEndpoint(t)
			topic := b.topic(t, map[string]string{"SignatureVersion": version})
			out, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{
				TopicArn: &topic, Protocol: aws.String("https"), Endpoint: aws.String(e.url + "/alerts?x=1"),
			})
			if err != nil || *out.SubscriptionArn != "pending confirmation" {
				t.Fatal(out, err)
			}
			asked := e.next(t)
			if asked.path != "/alerts?x=1" {
				t.Errorf("posted to %s", asked.path)
			}
			if got, ok := b.verify(t, topic, asked).(*snsverify.SubscriptionConfirmation); !ok || got.Token == "" {
				t.Errorf("got %+v", got)
			}
			want := map[string]string{
				"Content-Type": "text/plain; charset=UTF-8", "User-Agent": "Amazon Simple Notification Service Agent",
				"X-Amz-Sns-Message-Type": "SubscriptionConfirmation", "X-Amz-Sns-Topic-Arn": topic, "X-Amz-Sns-Subscription-Arn": "",
				"X-Amz-Sns-Message-Id": decode(t, asked.body)["MessageId"].(string),
			}
			for name, value := range want {
				if got := asked.header.Get(name); got != value {
					t.Errorf("%s is %q, want %q", name, got, value)
				}
			}

			b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("too early")})
			arn := b.confirm(t, topic, asked)
			if again := b.confirm(t, topic, asked); again != arn {
				t.Errorf("confirmed again as %s, want %s", again, arn)
			}
			id := b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("<Hi> & \"bye\"\n€"), Subject: aws.String("Greeting")})
			p := e.next(t)
			n, ok := b.verify(t, topic, p).(*snsverify.Notification)
			if !ok || n.Message != "<Hi> & \"bye\"\n€" || n.Subject != "Greeting" || n.MessageID != id {
				t.Errorf("got %+v of %s", n, p.body)
			}
			if got := p.header.Get("X-Amz-Sns-Subscription-Arn"); got != arn {
				t.Errorf("X-Amz-Sns-Subscription-Arn is %q, want %q", got, arn)
			}
		})
	}
}

func TestHandshakeByTheSubscribeURL(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic := b.topic(t, nil)
	if _, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("http"), Endpoint: &e.url}); err != nil {
		t.Fatal(err)
	}
	response, err := b.outside(t).Get(decode(t, e.next(t).body)["SubscribeURL"].(string))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(response.Body)
	if response.StatusCode != 200 || !strings.Contains(string(said), "<SubscriptionArn>"+topic+":") {
		t.Fatalf("%s: %s", response.Status, said)
	}
	b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("hello")})
	b.verify(t, topic, e.next(t))
}

// wantCode wants an error of the SNS API with this code and message.
func wantCode(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || api.ErrorMessage() != message {
		t.Errorf("error %v, want %s: %s", err, code, message)
	}
}

func TestConfirmationIsRefused(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	topic, other := b.topic(t, nil), b.topic(t, nil)
	ctx := context.Background()
	if _, err := b.sns.Subscribe(ctx, &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("https"), Endpoint: &e.url}); err != nil {
		t.Fatal(err)
	}
	token := decode(t, e.next(t).body)["Token"].(string)
	_, err := b.sns.ConfirmSubscription(ctx, &awssns.ConfirmSubscriptionInput{TopicArn: &topic, Token: aws.String("x")})
	wantCode(t, err, "InvalidParameter", "Invalid parameter: Token")
	_, err = b.sns.ConfirmSubscription(ctx, &awssns.ConfirmSubscriptionInput{TopicArn: &other, Token: &token})
	wantCode(t, err, "InvalidParameter", "Invalid parameter: Token")
	_, err = b.sns.ConfirmSubscription(ctx, &awssns.ConfirmSubscriptionInput{TopicArn: aws.String(topic + "x"), Token: &token})
	wantCode(t, err, "NotFound", "Topic does not exist")
	b.clock.Advance(48 * time.Hour)
	_, err = b.sns.ConfirmSubscription(ctx, &awssns.ConfirmSubscriptionInput{TopicArn: &topic, Token: &token})
	wantCode(t, err, "InvalidParameter", "Invalid parameter: Token")

	// Subscribing again while pending asks again, with another token.
	if _, err := b.sns.Subscribe(ctx, &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("https"), Endpoint: &e.url}); err != nil {
		t.Fatal(err)
	}
	again := e.next(t)
	if decode(t, again.body)["Token"] == token {
		t.Error("the same token again")
	}
	b.confirm(t, topic, again)
}

func TestSubscribeRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	topic := b.topic(t, nil)
	fifo, err := b.sns.CreateTopic(context.Background(), &awssns.CreateTopicInput{Name: aws.String("orders.fifo"), Attributes: map[string]string{"FifoTopic": "true"}})
	if err != nil {
		t.Fatal(err)
	}
	const local = "http://127.0.0.1:9/x"
	for name, c := range map[string]struct {
		topic, protocol, endpoint string
		attributes                map[string]string
		code, message             string
	}{
		"no such topic":    {topic + "x", "https", local, nil, "NotFound", "Topic does not exist"},
		"not a topic":      {"x", "https", local, nil, "InvalidParameter", "Invalid parameter: TopicArn"},
		"a FIFO topic":     {*fifo.TopicArn, "https", local, nil, "InvalidParameter", "Invalid parameter: Invalid protocol type: https for a FIFO topic"},
		"an e-mail":        {topic, "email", "a@example.com", nil, "InvalidParameter", "Invalid parameter: Invalid protocol type: email (the local stage delivers by sqs, lambda, https and http)"},
		"the world":        {topic, "https", "https://example.com/", nil, "InvalidParameter", "Invalid parameter: Endpoint https://example.com/ (the local stage delivers to its own APIs and to this machine only)"},
		"no URL":           {topic, "https", "example", nil, "InvalidParameter", "Invalid parameter: Endpoint must match the specified protocol"},
		"not a function":   {topic, "lambda", local, nil, "InvalidParameter", "Invalid parameter: Lambda endpoint ARN " + local},
		"a filter policy":  {topic, "https", local, map[string]string{"FilterPolicy": "{}"}, "InvalidParameter", "Invalid parameter: Attributes Reason: FilterPolicy is not supported by the local stage for protocol https, only for sqs"},
		"a raw function":   {topic, "lambda", "arn:aws:lambda:us-east-1:000000000000:function:f", map[string]string{"RawMessageDelivery": "true"}, "InvalidParameter", "Invalid parameter: Attributes Reason: RawMessageDelivery is not for protocol lambda"},
		"half raw":         {topic, "https", local, map[string]string{"RawMessageDelivery": "maybe"}, "InvalidParameter", "Invalid parameter: RawMessageDelivery: maybe"},
		"a wrong redrive":  {topic, "https", local, map[string]string{"RedrivePolicy": `{"deadLetterTargetArn":"x"}`}, "InvalidParameter", `Invalid parameter: RedrivePolicy: {"deadLetterTargetArn":"x"}`},
		"a throttle":       {topic, "https", local, map[string]string{"DeliveryPolicy": `{"throttlePolicy":{"maxReceivesPerSecond":1}}`}, "InvalidParameter", "Invalid parameter: DeliveryPolicy: throttlePolicy and sicklyRetryPolicy are not supported by the local stage"},
		"an unknown thing": {topic, "https", local, map[string]string{"Nothing": "x"}, "InvalidParameter", "Invalid parameter: AttributeName Reason: Invalid attribute name: Nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{
				TopicArn: &c.topic, Protocol: &c.protocol, Endpoint: &c.endpoint, Attributes: c.attributes,
			})
			wantCode(t, err, c.code, c.message)
		})
	}
}

func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("signed: it is gone", func(t *testing.T) {
		t.Parallel()
		b, e := setup(t), newEndpoint(t)
		topic := b.topic(t, nil)
		arn := b.subscribed(t, topic, e, nil)
		if _, err := b.sns.Unsubscribe(ctx, &awssns.UnsubscribeInput{SubscriptionArn: &arn}); err != nil {
			t.Fatal(err)
		}
		_, err := b.sns.GetSubscriptionAttributes(ctx, &awssns.GetSubscriptionAttributesInput{SubscriptionArn: &arn})
		wantCode(t, err, "NotFound", "Subscription does not exist")
	})
	t.Run("by the UnsubscribeURL: the endpoint is notified and can subscribe again", func(t *testing.T) {
		t.Parallel()
		b, e := setup(t), newEndpoint(t)
		topic := b.topic(t, nil)
		arn := b.subscribed(t, topic, e, nil)
		b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("1")})
		response, err := b.outside(t).Get(decode(t, e.next(t).body)["UnsubscribeURL"].(string))
		if err != nil || response.StatusCode != 200 {
			t.Fatal(response, err)
		}
		_ = response.Body.Close()
		confirmation := e.next(t)
		if _, ok := b.verify(t, topic, confirmation).(*snsverify.UnsubscribeConfirmation); !ok {
			t.Errorf("got %s", confirmation.body)
		}
		b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("while away")})
		if back := b.confirm(t, topic, confirmation); back != arn {
			t.Errorf("came back as %s, want %s", back, arn)
		}
		b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("3")})
		if got := b.verify(t, topic, e.next(t)).Signed().Message; got != "3" {
			t.Errorf("got %q after coming back", got)
		}
	})
	t.Run("by the UnsubscribeURL where a signature is wanted: refused", func(t *testing.T) {
		t.Parallel()
		b, e := setup(t), newEndpoint(t)
		topic := b.topic(t, nil)
		if _, err := b.sns.Subscribe(ctx, &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("https"), Endpoint: &e.url}); err != nil {
			t.Fatal(err)
		}
		_, err := b.sns.ConfirmSubscription(ctx, &awssns.ConfirmSubscriptionInput{
			TopicArn: &topic, Token: aws.String(decode(t, e.next(t).body)["Token"].(string)), AuthenticateOnUnsubscribe: aws.String("true"),
		})
		if err != nil {
			t.Fatal(err)
		}
		b.publish(t, awssns.PublishInput{TopicArn: &topic, Message: aws.String("1")})
		response, err := b.outside(t).Get(decode(t, e.next(t).body)["UnsubscribeURL"].(string) + "&X-Amz-Signature=x")
		if err != nil || response.StatusCode != http.StatusForbidden {
			t.Fatal(response, err)
		}
		_ = response.Body.Close()
	})
}

func TestASubscriptionThatIsNotConfirmedStaysPending(t *testing.T) {
	t.Parallel()
	b, e := setup(t), newEndpoint(t)
	e.status.Store(http.StatusNotFound)
	topic := b.topic(t, nil)
	if _, err := b.AddSubscription(t.Context(), sns.Subscription{TopicARN: topic, Protocol: "http", Endpoint: e.url}); err != nil {
		t.Fatal(err)
	}
	asked := e.next(t)
	pending := func() []string {
		var endpoints []string
		for _, p := range b.Pending() {
			endpoints = append(endpoints, p.TopicARN+" "+p.Endpoint)
		}
		return endpoints
	}
	if got := pending(); !slices.Equal(got, []string{topic + " " + e.url}) {
		t.Errorf("pending are %v", got)
	}
	b.confirm(t, topic, asked)
	if got := pending(); len(got) != 0 {
		t.Errorf("pending are %v after the confirmation", got)
	}
}
