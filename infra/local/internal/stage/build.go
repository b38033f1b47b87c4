package stage

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"golang.org/x/sync/errgroup"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/backends"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/meter"
	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
	"github.com/hermes-cdk/hermes/infra/local/internal/secretsmanager"
	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
)

// plan reads the assembly into resources and creates the secrets.
func (s *Stage) plan(ctx context.Context, read *assembly.Assembly) error {
	options := secretsmanager.Options{Account: s.environment.Account, Region: s.environment.Region}
	if !s.options.Ephemeral {
		options.File = s.path("secrets.json")
	}
	store, err := secretsmanager.New(options)
	if err != nil {
		return err
	}
	s.secrets = store
	s.resources, err = provision.Plan(ctx, read, provision.Options{PublicURL: s.url, Secrets: keeper{store}})
	if err != nil {
		return err
	}
	s.makeAlarms()
	s.constructs = map[string]string{}
	for _, f := range s.resources.Functions {
		s.logGroups.Store(f.Name, f)
		s.constructs[f.Name] = constructPath(f)
	}
	return nil
}

// constructPath is the function's construct path without stack and CloudFormation resource.
func constructPath(f *provision.Function) string {
	path := strings.TrimSuffix(strings.TrimPrefix(f.Path, f.Stack+"/"), "/Resource")
	return orDefault(path, f.Name)
}

// startPeers starts the data services concurrently; S3 only if the template has a bucket, because it is built on first use.
func (s *Stage) startPeers(ctx context.Context) error {
	cache, err := backends.ToolCache()
	if err != nil {
		return err
	}
	root, err := backends.InstallPackages(ctx, s.options.Root, cache)
	if err != nil {
		return err
	}
	// Tables are on disk in any case: they may grow beyond what memory holds.
	dynamoDir, queueDir := s.path("dynamodb"), ""
	if !s.options.Ephemeral {
		queueDir = s.path("queues")
	}
	starting, ctx := errgroup.WithContext(ctx)
	starting.Go(func() (err error) {
		s.dynamo, err = backends.StartDynamo(ctx, backends.DynamoOptions{Root: root, Dir: dynamoDir})
		return err
	})
	starting.Go(func() (err error) {
		s.queuePeer, err = backends.StartQueues(ctx, backends.QueueOptions{Root: root, PublicURL: s.url, Account: s.environment.Account, Dir: queueDir})
		return err
	})
	if len(s.resources.Buckets) > 0 {
		starting.Go(func() error { return s.startStorage(ctx, cache) })
	}
	return starting.Wait()
}

// storageKey is versitygw's root account, known to this process only.
var storageKey = endpoint.Credentials{AccessKeyID: "local", SecretAccessKey: rand.Text()}

// Prepare installs the data services and builds the program that buckets need, unless they are there. Call it while the app
// synthesizes: all are slow on a new machine, and none uses it fully. Start reports a failure that matters.
func Prepare(ctx context.Context, root string) {
	cache, err := backends.ToolCache()
	if err != nil {
		return
	}
	var prepared sync.WaitGroup
	prepared.Go(func() { _, _ = backends.InstallPackages(ctx, root, cache) })
	prepared.Go(func() { _, _ = backends.BuildS3(ctx, cache) })
	prepared.Wait()
}

func (s *Stage) startStorage(ctx context.Context, cache string) error {
	program, err := backends.BuildS3(ctx, cache)
	if err != nil {
		return err
	}
	s.storage, err = backends.StartS3(ctx, backends.S3Options{
		Program: program, Dir: s.path("s3"), AccessKey: storageKey.AccessKeyID, SecretKey: storageKey.SecretAccessKey,
	})
	return err
}

// makeFront creates the endpoint: policies, meter, and a handler for each service.
func (s *Stage) makeFront(context.Context) error {
	prices, err := meter.ListPrices()
	if err != nil {
		return err
	}
	s.meter = meter.New(prices, time.Now)
	s.engine = iam.NewEngine(s.environment.Account, s.environment.Region, time.Now)
	s.resources.Install(s.engine)
	s.permissions = endpoint.PermissionsHandler(s.engine)
	if err := s.startMail(); err != nil {
		return err
	}
	s.front = endpoint.New(endpoint.Options{
		Account: s.environment.Account, Region: s.environment.Region,
		IAM: s.engine, Meter: s.meter, Faults: &s.faults, Log: s.log,
		SecretARN:       s.secrets.ARN,
		MailIdentityARN: s.mails.IdentityARN,
		RecipientARN:    s.mails.RecipientARN,
		PartitionKey:    s.partitionKey,
		Keys:            s.resources.Keys,
	})
	s.queues = s.queueClient(s.url, admin())
	transport := endpoint.NewTransport()
	s.transport = transport
	tables, err := s.front.NewDynamoProxy(s.dynamo.URL, transport)
	if err != nil {
		return err
	}
	queues, err := s.front.NewSQSProxy(s.queuePeer.URL, transport)
	if err != nil {
		return err
	}
	s.front.Handle("dynamodb", tables)
	s.front.Handle("sqs", queues)
	s.front.Handle("secretsmanager", s.secrets)
	if s.storage != nil {
		objects, err := s.front.NewS3Proxy(s.storage.URL, storageKey.AccessKeyID, storageKey.SecretAccessKey, transport)
		if err != nil {
			return err
		}
		s.front.Handle("s3", objects)
	}
	s.front.Handle("ses", s.mails)
	s.front.Handle("monitoring", endpoint.Metrics{})
	return s.startNotifier()
}

func (s *Stage) startNotifier() error {
	notifier, err := sns.New(sns.Config{
		Peer:         s.queuePeer.URL,
		EndpointBase: s.url,
		DataDir:      s.path("sns"),
		Invoker:      lateInvoker{s},
		DeadLetters:  deadLetters{s},
		Logger:       s.log,
		Retry:        sns.RetryPolicy{Retries: 3, Delay: orDefault(s.options.Limits.SNSRetry, 20*time.Second)},
	})
	if err != nil {
		return err
	}
	s.notifier = notifier
	s.front.Handle("sns", notifier.Handler())
	s.front.Handle("lambda", lateLambda{s})
	return nil
}

// create creates tables, queues, topics and buckets at the services directly.
func (s *Stage) create(ctx context.Context) error {
	clients := provision.Clients{
		DynamoDB: dynamodb.NewFromConfig(s.config(s.dynamo.URL, admin())),
		SQS:      s.queueClient(s.queuePeer.URL, admin()),
		SNS:      awssns.NewFromConfig(s.config(s.queuePeer.URL, admin())),
	}
	if s.storage != nil {
		clients.S3 = s3.NewFromConfig(s.config(s.storage.URL, storageKey), func(o *s3.Options) { o.UsePathStyle = true })
	}
	return s.resources.Create(ctx, clients)
}

// subscribe creates the subscriptions: of queues at the peer, the others at the notifier. Their endpoints are up by now and
// can confirm.
func (s *Stage) subscribe(ctx context.Context) error {
	topics := awssns.NewFromConfig(s.config(s.queuePeer.URL, admin()))
	for _, sub := range s.resources.Subscriptions {
		if sub.Protocol == "sqs" {
			if _, err := topics.Subscribe(ctx, &awssns.SubscribeInput{
				TopicArn: &sub.TopicARN, Protocol: &sub.Protocol, Endpoint: &sub.Endpoint, Attributes: sub.Attributes,
			}); err != nil {
				return fmt.Errorf("%s: %w", sub.LogicalID, err)
			}
			continue
		}
		if _, err := s.notifier.AddSubscription(ctx, sns.Subscription{
			TopicARN: sub.TopicARN, Protocol: sub.Protocol, Endpoint: sub.Endpoint, Attributes: sub.Attributes,
		}); err != nil {
			return fmt.Errorf("%s: %w", sub.LogicalID, err)
		}
	}
	return nil
}

// partitionKey is that of a table or of one of its indexes, for the condition dynamodb:LeadingKeys.
func (s *Stage) partitionKey(table, index string) (string, bool) {
	for _, t := range s.resources.Tables {
		if t.Name != table {
			continue
		}
		if index == "" {
			return t.Keys[0].Name, true
		}
		for _, i := range t.Indexes {
			if i.Name == index {
				return i.Keys[0].Name, true
			}
		}
	}
	return "", false
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// keeper adapts the store of secrets to the planner.
type keeper struct{ store *secretsmanager.Store }

var _ provision.Secrets = keeper{}

func (k keeper) Ensure(_ context.Context, secret provision.Secret) (string, error) {
	spec := secretsmanager.Spec{Name: secret.Name, Description: secret.Description, SecretString: secret.Value}
	if g := secret.Generate; g != nil {
		spec.Generate = &secretsmanager.Generate{
			PasswordLength: &g.Length, ExcludeCharacters: g.ExcludeCharacters, ExcludeLowercase: g.ExcludeLowercase,
			ExcludeUppercase: g.ExcludeUppercase, ExcludeNumbers: g.ExcludeNumbers, ExcludePunctuation: g.ExcludePunctuation,
			IncludeSpace: g.IncludeSpace, RequireEachIncluded: &g.RequireEachIncludedType,
			SecretStringTemplate: g.SecretStringTemplate, GenerateStringKey: g.GenerateStringKey,
		}
	}
	return k.store.Ensure(spec)
}

func (k keeper) SecretString(_ context.Context, id, stage, versionID string) (string, error) {
	return k.store.Value(id, stage, versionID)
}
