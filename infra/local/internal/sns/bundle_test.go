package sns_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/hermes-cdk/hermes/infra/local/internal/clock/clocktest"
	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
)

// peerURL is the address of one fauxqs for all tests.
var peerURL string

// peerScript starts the peer on a free port, says which, and ends when its standard input does: with this process.
const peerScript = `
import { buildApp } from "fauxqs";
const address = await buildApp({ logger: false }).listen({ port: 0, host: "127.0.0.1" });
console.log(address);
process.stdin.on("end", () => process.exit(0)).resume();
`

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	node := exec.Command("node", "--input-type=module", "-e", peerScript)
	node.Dir = filepath.Join("..", "..", "..", "..") // where node_modules is
	node.Stderr = os.Stderr
	stdin, inErr := node.StdinPipe()
	stdout, outErr := node.StdoutPipe()
	if err := errors.Join(inErr, outErr, node.Start()); err != nil {
		fmt.Fprintln(os.Stderr, "the tests need node:", err)
		return 1
	}
	defer func() {
		_ = stdin.Close()
		_ = node.Wait()
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		fmt.Fprintln(os.Stderr, "the tests need fauxqs in node_modules, by npm ci:", err)
		return 1
	}
	peerURL = strings.TrimSpace(line)
	return m.Run()
}

// advance waits until a timer is set, moves the clock to the first one and returns how long that was.
func advance(t *testing.T, c *clocktest.Clock) (passed time.Duration) {
	t.Helper()
	eventually(t, "a timer is set", func() (ok bool) {
		passed, ok = c.AdvanceToNext()
		return ok
	})
	return passed
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatal("timed out waiting until", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// An endpoint is an http server that remembers what SNS posts to it.
type endpoint struct {
	url    string
	status atomic.Int64
	posts  chan post
}

type post struct {
	path   string
	header http.Header
	body   string
}

func newEndpoint(t *testing.T) *endpoint {
	t.Helper()
	e := &endpoint{posts: make(chan post, 100)}
	e.status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.posts <- post{r.URL.RequestURI(), r.Header, string(body)}
		w.WriteHeader(int(e.status.Load()))
		_, _ = io.WriteString(w, "as set")
	}))
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

func (e *endpoint) next(t *testing.T) post {
	t.Helper()
	select {
	case p := <-e.posts:
		return p
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was posted")
		return post{}
	}
}

// deadLetters remembers what is sent.
type deadLetters struct {
	mu   sync.Mutex
	sent []deadLetter
}

type deadLetter struct {
	topic, queue, body string
	attributes         map[string]string
}

func (d *deadLetters) Send(_ context.Context, topic, queue, body string, attributes map[string]string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append(d.sent, deadLetter{topic, queue, body, maps.Clone(attributes)})
	return nil
}

func (d *deadLetters) all() []deadLetter {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.sent)
}

// invocations remembers what functions are invoked with, and fails while failing is set.
type invocations struct {
	events  chan event
	failing atomic.Bool
}

type event struct{ function, payload string }

func (i *invocations) Invoke(_ context.Context, function string, payload []byte) ([]byte, string, error) {
	failing := i.failing.Load()
	i.events <- event{function, string(payload)}
	if failing {
		return nil, "", errors.New("throttled")
	}
	return nil, "", nil
}

// A bundle is a notifier before the real peer, and an SDK client that calls it.
type bundle struct {
	*sns.Notifier
	sns         *awssns.Client
	endpointURL string
	clock       *clocktest.Clock
	invocations *invocations
	deadLetters *deadLetters
	dir         string
}

func setup(t *testing.T, change ...func(*sns.Config)) *bundle {
	t.Helper()
	b := &bundle{
		clock: clocktest.New(time.Now()), invocations: &invocations{events: make(chan event, 100)}, deadLetters: &deadLetters{},
		dir: filepath.Join(t.TempDir(), "notify"),
	}
	config := sns.Config{
		Peer: peerURL, EndpointBase: "http://127.0.0.1:1", DataDir: b.dir, Invoker: b.invocations, DeadLetters: b.deadLetters,
		Clock: b.clock,
	}
	for _, c := range change {
		c(&config)
	}
	b.dir = config.DataDir
	n, err := sns.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	b.Notifier = n
	server := httptest.NewServer(n.Handler())
	t.Cleanup(server.Close)
	b.endpointURL = server.URL
	b.sns = awssns.New(awssns.Options{
		BaseEndpoint: aws.String(server.URL), Region: "us-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	return b
}

var topics atomic.Int64

// topic makes a topic of its own name on the peer.
func (b *bundle) topic(t *testing.T, attributes map[string]string) string {
	t.Helper()
	out, err := b.sns.CreateTopic(context.Background(), &awssns.CreateTopicInput{
		Name: aws.String(fmt.Sprintf("topic-%d", topics.Add(1))), Attributes: attributes,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.TopicArn
}

// subscribed makes a confirmed https subscription to e.
func (b *bundle) subscribed(t *testing.T, topic string, e *endpoint, attributes map[string]string) string {
	t.Helper()
	_, err := b.sns.Subscribe(context.Background(), &awssns.SubscribeInput{
		TopicArn: &topic, Protocol: aws.String("https"), Endpoint: &e.url, Attributes: attributes,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.confirm(t, topic, e.next(t))
}

func (b *bundle) confirm(t *testing.T, topic string, p post) string {
	t.Helper()
	out, err := b.sns.ConfirmSubscription(context.Background(), &awssns.ConfirmSubscriptionInput{
		TopicArn: &topic, Token: aws.String(decode(t, p.body)["Token"].(string)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.SubscriptionArn
}

func (b *bundle) publish(t *testing.T, in awssns.PublishInput) string {
	t.Helper()
	out, err := b.sns.Publish(context.Background(), &in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.MessageId
}
