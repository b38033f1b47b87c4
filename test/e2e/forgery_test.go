package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// postAlert posts to the endpoint of the budget subscriber as SNS does, or as somebody who would like to be it.
func (h *hub) postAlert(t *testing.T, body string, header map[string]string) int {
	t.Helper()
	topic := h.outputs["BudgetTopicArn"]
	out, err := sns.NewFromConfig(h.awsConfig()).ListSubscriptionsByTopic(t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
	if err != nil || len(out.Subscriptions) != 1 {
		t.Fatalf("subscriptions %+v, %v", out, err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, *out.Subscriptions[0].Endpoint, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

// Whoever has a genuine message in hand, here from the dead-letter queue, can neither change nor use it.
func TestForgedAlertsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	const nonsense = "this is no alert"
	h.alert(t, nonsense)
	dead := h.outputs["BudgetDeadLetterQueueUrl"]
	said := h.takeLetter(t, dead, func(l letter) bool { return l.reason != "" })
	if !strings.Contains(said.body, nonsense) || !strings.HasPrefix(said.reason, "message not understood: ") {
		t.Fatalf("letter %+v", said)
	}
	genuine := said.body
	typed := map[string]string{"x-amz-sns-message-type": "Notification"}
	changed := func(from, to string) string {
		t.Helper()
		if !strings.Contains(genuine, from) {
			t.Fatalf("%q is not in %s", from, genuine)
		}
		return strings.Replace(genuine, from, to, 1)
	}
	for _, c := range []struct {
		name, body string
		header     map[string]string
		want       int
	}{
		{"the genuine message again", genuine, typed, http.StatusBadRequest},
		{"without the header", genuine, nil, http.StatusUnauthorized},
		{"with an unknown type in the header", genuine, map[string]string{"x-amz-sns-message-type": "Alert"}, http.StatusUnauthorized},
		{"with another type in the header", genuine, map[string]string{"x-amz-sns-message-type": "SubscriptionConfirmation"}, http.StatusUnauthorized},
		{"as a raw delivery", genuine, map[string]string{"x-amz-sns-message-type": "Notification", "x-amz-sns-rawdelivery": "true"}, http.StatusUnauthorized},
		{"with another text", changed(nonsense, alertLine(t)), typed, http.StatusForbidden},
		{"of another topic", changed(h.outputs["BudgetTopicArn"], h.outputs["BudgetTopicArn"]+"2"), typed, http.StatusForbidden},
		{"with a certificate of a bucket", changed("https://sns.us-east-1.amazonaws.com/Simple", "https://sns.s3-us-west-2.amazonaws.com/Simple"), typed, http.StatusForbidden},
		{"with a certificate from this machine", changed("https://sns.us-east-1.amazonaws.com/Simple", "http://127.0.0.1/Simple"), typed, http.StatusForbidden},
		{"with one key twice", changed("{", `{"Type":"Notification",`), typed, http.StatusForbidden},
		{"as a confirmation", changed(`"Notification"`, `"SubscriptionConfirmation"`), map[string]string{"x-amz-sns-message-type": "SubscriptionConfirmation"}, http.StatusForbidden},
		{"no JSON", "hello", typed, http.StatusForbidden},
		{"nothing", "", typed, http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.postAlert(t, c.body, c.header); got != c.want {
				t.Errorf("answered by %d, want %d", got, c.want)
			}
		})
	}
	if sent := get[struct{ Messages []mail }](t, h.stage, "outbox").Messages; len(sent) != 0 {
		t.Errorf("mails were sent: %+v", sent)
	}
}

// alertLine is an alert as it stands inside JSON.
func alertLine(t *testing.T) string {
	t.Helper()
	return strings.ReplaceAll(alertText(t), "\n", `\n`)
}

// asFunction is a client in the place of the stage's functions: SNS's own host, where the UnsubscribeURL leads, is reached by
// the proxy that they are given.
func (h *hub) asFunction(t *testing.T) *http.Client {
	t.Helper()
	family, err := descendants(h.command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range family {
		environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
		if err != nil {
			continue // it has just ended
		}
		variables := map[string]string{}
		for variable := range strings.SplitSeq(string(environment), "\x00") {
			name, value, _ := strings.Cut(variable, "=")
			variables[name] = value
		}
		if variables["AWS_LAMBDA_FUNCTION_NAME"] == "" || variables["HTTPS_PROXY"] == "" {
			continue
		}
		proxy, err := url.Parse(variables["HTTPS_PROXY"])
		if err != nil {
			t.Fatal(err)
		}
		authority, err := os.ReadFile(variables["SSL_CERT_FILE"])
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(authority)
		transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport, Timeout: patience}
	}
	t.Fatal("no function runs")
	return nil
}

// An UnsubscribeURL works for whoever has it. The end of the subscription is noted for people, and not undone.
func TestTheEndOfTheSubscriptionIsNoted(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	h.alert(t, "this is no alert")
	dead := h.outputs["BudgetDeadLetterQueueUrl"]
	var envelope struct{ UnsubscribeURL string }
	if err := json.Unmarshal([]byte(h.takeLetter(t, dead, func(letter) bool { return true }).body), &envelope); err != nil {
		t.Fatal(err)
	}
	response, err := h.asFunction(t).Get(envelope.UnsubscribeURL)
	if err != nil {
		t.Fatal(err)
	}
	if response.Body.Close(); response.StatusCode != http.StatusOK {
		t.Fatalf("unsubscribe: %s", response.Status)
	}
	noted := h.takeLetter(t, dead, func(l letter) bool { return strings.Contains(l.body, "UnsubscribeConfirmation") })
	if !strings.HasPrefix(noted.reason, "the topic's subscription was removed") {
		t.Errorf("letter %+v", noted)
	}
	topics, topic := sns.NewFromConfig(h.awsConfig()), h.outputs["BudgetTopicArn"]
	out, err := topics.ListSubscriptionsByTopic(t.Context(), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range out.Subscriptions {
		if strings.HasPrefix(aws.ToString(s.SubscriptionArn), topic) {
			t.Errorf("it was restored: %+v", s)
		}
	}
}

// The text that the aws command publishes arrives as mail, once, however often the very same message is delivered.
func TestARepeatedAlertSendsNothingTwice(t *testing.T) {
	t.Parallel()
	h := newHubStage(t)
	h.inject(t, fault{Service: "ses", Kind: "error"})
	h.alert(t, alertText(t))
	letter := h.takeLetter(t, h.outputs["BudgetDeadLetterQueueUrl"], func(l letter) bool { return strings.Contains(l.body, "912.34") })
	h.heal(t)
	typed := map[string]string{"x-amz-sns-message-type": "Notification"}
	for range 3 {
		eventually(t, func() error {
			if status := h.postAlert(t, letter.body, typed); status != http.StatusOK {
				return fmt.Errorf("answered by %d", status)
			}
			return nil
		})
	}
	if sent := h.mails(t, 1); len(sent) != 1 || sent[0].Subject != "Cost control alert: 90% of Monthly reached" {
		t.Error(errors.New("not exactly one mail"), sent)
	}
}
