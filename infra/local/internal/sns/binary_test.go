package sns_test

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
)

// A compiled program without any knowledge of the local stage confirms its subscription, verifies what it gets and
// refuses what is forged.
func TestCompiledBinaryVerifiesUnchanged(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "darwin" {
		t.Log("NOT RUN: Go ignores SSL_CERT_FILE on macOS")
		return
	}
	b := setup(t)
	topic := b.topic(t, map[string]string{"SignatureVersion": "2"})
	address, lines := startSubscriber(t, b, topic)

	arn, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("https"), Endpoint: aws.String(address + "/alerts"), ReturnSubscriptionArn: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	wantLine(t, lines, "confirmed 200")
	out, err := b.sns.GetSubscriptionAttributes(context.Background(), &awssns.GetSubscriptionAttributesInput{SubscriptionArn: arn.SubscriptionArn})
	if err != nil || out.Attributes["PendingConfirmation"] != "false" {
		t.Fatal(out, err)
	}
	b.publish(t, awssns.PublishInput{
		TopicArn: &topic, Subject: aws.String("AWS Budgets: test has exceeded your alert threshold"), Message: aws.String("ACTUAL Amount: $0.95"),
	})
	wantLine(t, lines, `notification "AWS Budgets: test has exceeded your alert threshold" "ACTUAL Amount: $0.95"`)

	forged := `{"Type":"Notification","MessageId":"22b80b92-fdea-5c2c-8f9d-bdfb0c7bf324","TopicArn":"` + topic + `","Message":"pay",` +
		`"Timestamp":"2026-05-04T11:59:58.655Z","SignatureVersion":"2","Signature":"AAAA","SigningCertURL":"` + certificateURL(t, b) + `"}`
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewBufferString(forged))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("x-amz-sns-message-type", "Notification")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("a forged message was answered %s", response.Status)
	}
}

// certificateURL reads the genuine SigningCertURL from a message.
func certificateURL(t *testing.T, b *bundle) string {
	t.Helper()
	e := newEndpoint(t)
	topic := b.topic(t, nil)
	if _, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{TopicArn: &topic, Protocol: aws.String("http"), Endpoint: &e.url}); err != nil {
		t.Fatal(err)
	}
	return decode(t, e.next(t).body)["SigningCertURL"].(string)
}

func startSubscriber(t *testing.T, b *bundle, topic string) (address string, lines *bufio.Scanner) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "subscriber")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "./testdata/subscriber").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, binary)
	command.Env = []string{
		"HTTPS_PROXY=" + b.ProxyURL(), "SSL_CERT_FILE=" + b.CAFile(), "AWS_ENDPOINT_URL=" + b.endpointURL, "TOPIC_ARN=" + topic,
	}
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = command.Wait() })
	lines = bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("the subscriber does not say where it is")
	}
	return strings.TrimSpace(lines.Text()), lines
}

func wantLine(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	if !lines.Scan() || lines.Text() != want {
		t.Fatalf("the subscriber says %q, want %q", lines.Text(), want)
	}
}
