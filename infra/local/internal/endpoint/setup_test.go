package endpoint

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/hermes-cdk/hermes/infra/local/internal/backends"
	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/meter"
	"github.com/hermes-cdk/hermes/infra/local/internal/secretsmanager"
	"github.com/hermes-cdk/hermes/infra/local/internal/ses"
)

const rootKey, rootSecret = "root", "a secret of the peer"

// allPeers are the real peers, started once for all tests, each of which has an endpoint of its own before them.
type allPeers struct {
	dynamo, queues, objects *backends.Peer
	transport               *http.Transport
	dir                     string // of the objects
}

var (
	peersMu   sync.Mutex
	thePeers  *allPeers
	errPeers  error
	publicURL string
)

func TestMain(m *testing.M) {
	code := m.Run()
	if thePeers != nil {
		thePeers.transport.CloseIdleConnections()
		for _, p := range []*backends.Peer{thePeers.dynamo, thePeers.queues, thePeers.objects} {
			if p != nil {
				if err := p.Stop(); err != nil {
					fmt.Fprintln(os.Stderr, err)
					code = 1
				}
			}
		}
	}
	if thePeers != nil {
		_ = os.RemoveAll(thePeers.dir)
	}
	os.Exit(code)
}

func realPeers(t testing.TB) *allPeers {
	t.Helper()
	peersMu.Lock()
	defer peersMu.Unlock()
	if thePeers == nil && errPeers == nil {
		thePeers = &allPeers{transport: NewTransport()}
		errPeers = thePeers.start(context.Background())
	}
	if errPeers != nil {
		t.Fatal(errPeers)
	}
	return thePeers
}

func (p *allPeers) start(ctx context.Context) error {
	root, err := backends.FindRoot(".")
	if err != nil {
		return err
	}
	// Queue URLs are made once: a port that nothing listens on stands for the endpoints of the tests.
	publicURL = "http://127.0.0.1:1"
	if p.dynamo, err = backends.StartDynamo(ctx, backends.DynamoOptions{Root: root}); err != nil {
		return err
	}
	if p.queues, err = backends.StartQueues(ctx, backends.QueueOptions{Root: root, PublicURL: publicURL}); err != nil {
		return err
	}
	cache, err := backends.ToolCache()
	if err != nil {
		return err
	}
	program, err := backends.BuildS3(ctx, cache)
	if err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "front-s3-"); err != nil {
		return err
	}
	p.objects, err = backends.StartS3(ctx, backends.S3Options{Program: program, Dir: p.dir, AccessKey: rootKey, SecretKey: rootSecret})
	return err
}

// A stage is an endpoint with everything behind it.
type stage struct {
	*Front
	engine  *iam.Engine
	meter   *meter.Meter
	faults  *faultinjection.Injector
	mail    *ses.Outbox
	secrets *secretsmanager.Store
	url     string
}

// newStage makes an endpoint; with change, its options may be altered.
func newStage(t testing.TB, change func(*Options)) *stage {
	t.Helper()
	prices, err := meter.ListPrices()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{
		engine: iam.NewEngine("000000000000", "us-east-1", time.Now),
		meter:  meter.New(prices, time.Now),
		faults: &faultinjection.Injector{},
	}
	if s.mail, err = ses.New(ses.Options{Rate: 1000}); err != nil {
		t.Fatal(err)
	}
	if s.secrets, err = secretsmanager.New(secretsmanager.Options{}); err != nil {
		t.Fatal(err)
	}
	options := Options{
		IAM: s.engine, Meter: s.meter, Faults: s.faults, SecretARN: s.secrets.ARN, MailIdentityARN: s.mail.IdentityARN,
		PartitionKey: func(string, string) (string, bool) { return "id", true },
	}
	if change != nil {
		change(&options)
	}
	s.Front = New(options)
	s.Handle("ses", s.mail)
	s.Handle("secretsmanager", s.secrets)
	server := &httptest.Server{Listener: listen(t), Config: &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}}
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// withPeers adds the services that the peers serve.
func (s *stage) withPeers(t testing.TB) *stage {
	t.Helper()
	p := realPeers(t)
	dynamo, err := s.NewDynamoProxy(p.dynamo.URL, p.transport)
	must(t, err)
	queues, err := s.NewSQSProxy(p.queues.URL, p.transport)
	must(t, err)
	topics, err := s.NewProxy("sns", p.queues.URL, p.transport)
	must(t, err)
	objects, err := s.NewS3Proxy(p.objects.URL, rootKey, rootSecret, p.transport)
	must(t, err)
	s.Handle("dynamodb", dynamo)
	s.Handle("sqs", queues)
	s.Handle("sns", topics)
	s.Handle("s3", objects)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// admin is a client configuration with the administrator's credentials.
func (s *stage) admin() aws.Config { return s.config(AdminAccessKeyID, AdminSecretAccessKey, "") }

func parsePolicy(t testing.TB, kind iam.Kind, policy string) iam.Policy {
	t.Helper()
	var document any
	must(t, json.Unmarshal([]byte(policy), &document))
	parsed, err := iam.Parse("Policy", kind, document)
	must(t, err)
	return parsed
}

// function is a client configuration of a function whose role has one policy document.
func (s *stage) function(t testing.TB, name, policy string) aws.Config {
	t.Helper()
	s.engine.PutRole(name+"-role", parsePolicy(t, iam.Identity, policy))
	c := s.Issue(name+"-role", name)
	return s.config(c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
}

func (s *stage) config(key, secret, token string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.url), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token),
	}
}

func allow(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}
