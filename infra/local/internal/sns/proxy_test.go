package sns_test

import (
	"context"
	"crypto/md5"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
)

// A log keeps what is written to it.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func get(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestCertificateIsServedWhereAWSServesIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	url := certificateURL(t, b)
	status, body := get(t, b.outside(t), url)
	block, rest := pem.Decode([]byte(body))
	if status != 200 || block == nil || len(rest) > 0 {
		t.Fatalf("%d %q", status, body)
	}
	if want := fmt.Sprintf("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-%x.pem", md5.Sum(block.Bytes)); url != want {
		t.Errorf("SigningCertURL is %s, want %s", url, want)
	}
	if status, _ := get(t, b.outside(t), "https://sns.eu-west-1.amazonaws.com"+url[strings.LastIndexByte(url, '/'):]); status != 200 {
		t.Errorf("in another region: %d", status)
	}
}

func TestProxyRefusesWhatTheStageDoesNotHave(t *testing.T) {
	t.Parallel()
	var l log
	b := setup(t, func(c *sns.Config) { c.Logger = slog.New(slog.NewTextHandler(&l, nil)) })
	for _, host := range []string{
		"example.com", "sns.amazonaws.com", "sns.s3-us-west-2.amazonaws.com", "sns.us-east-1.amazonaws.com.example.com",
		"sns.us-east-1.amazonaws.com:8443", "dynamodb.us-east-1.amazonaws.com", "a.b.execute-api.us-east-1.amazonaws.com",
	} {
		if response, err := b.outside(t).Get("https://" + host + "/"); err == nil {
			_ = response.Body.Close()
			t.Errorf("%s was answered %s", host, response.Status)
		}
		if !strings.Contains(l.String(), "host="+strings.TrimSuffix(host, ":443")) {
			t.Errorf("no log line for %s in %s", host, l.String())
		}
	}
	if status, _ := get(t, http.DefaultClient, b.ProxyURL()+"/"); status != http.StatusForbidden {
		t.Errorf("a plain request was answered %d", status)
	}
	for _, path := range []string{"/", "/x.pem", "/?Action=Publish", "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"} {
		if status, _ := get(t, b.outside(t), "https://sns.us-east-1.amazonaws.com"+path); status != http.StatusForbidden {
			t.Errorf("GET %s was answered %d", path, status)
		}
	}
}

func TestExecuteAPIHostsAreTheLocalGateways(t *testing.T) {
	t.Parallel()
	gateway := newEndpoint(t)
	b := setup(t, func(c *sns.Config) { c.EndpointBase = gateway.url })
	status, _ := get(t, b.outside(t), "https://abc123defg.execute-api.us-east-1.amazonaws.com/prod/a%2Fb?x=1")
	if p := gateway.next(t); status != 200 || p.path != "/_aws/execute-api/abc123defg/prod/a%2Fb?x=1" {
		t.Errorf("answered %d, came as %s", status, p.path)
	}

	topic := b.topic(t, nil)
	_, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("https"),
		Endpoint: aws.String("https://abc123defg.execute-api.us-east-1.amazonaws.com/budget-subscriber"),
	})
	if err != nil {
		t.Fatal(err)
	}
	p := gateway.next(t)
	if p.path != "/_aws/execute-api/abc123defg/budget-subscriber" {
		t.Errorf("came as %s", p.path)
	}
	b.verify(t, topic, p)
}

func TestUpgradesPassTheProxy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", r.Header.Get("Upgrade"))
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func(c net.Conn) { _ = c.Close() }(conn)
		line, _ := buffered.ReadString('\n')
		_, _ = io.WriteString(conn, "echo "+line)
	}))
	t.Cleanup(server.Close)
	b := setup(t, func(c *sns.Config) { c.EndpointBase = server.URL })
	request, err := http.NewRequest(http.MethodGet, "https://abc.execute-api.us-east-1.amazonaws.com/prod", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "websocket")
	response, err := b.outside(t).Do(request)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(response, err)
	}
	stream := response.Body.(io.ReadWriteCloser)
	defer stream.Close()
	_, _ = io.WriteString(stream, "hi\n")
	if said, err := io.ReadAll(stream); err != nil || string(said) != "echo hi\n" {
		t.Errorf("said %q, %v", said, err)
	}
}
