package provision

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/backends"
)

// services are the real data services, empty.
type services struct {
	dynamo *dynamodb.Client
	queues *sqs.Client
	topics *sns.Client
	files  *s3.Client
}

func (s services) clients() Clients {
	return Clients{DynamoDB: s.dynamo, SQS: s.queues, SNS: s.topics, S3: s.files}
}

func startServices(t *testing.T) services {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute) // the first build of versitygw takes one of them
	t.Cleanup(cancel)
	root, err := backends.FindRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := backends.ToolCache()
	if err != nil {
		t.Fatal(err)
	}
	program, err := backends.BuildS3(ctx, cache)
	if err != nil {
		t.Fatal(err)
	}
	tables := started(backends.StartDynamo(ctx, backends.DynamoOptions{Root: root}))
	queues := started(backends.StartQueues(ctx, backends.QueueOptions{Root: root, PublicURL: "http://127.0.0.1:4566"}))
	files := started(backends.StartS3(ctx, backends.S3Options{Program: program, Dir: t.TempDir(), AccessKey: "test", SecretKey: "test"}))
	return services{
		dynamo: dynamodb.NewFromConfig(tables(t)), queues: sqs.NewFromConfig(queues(t)), topics: sns.NewFromConfig(queues(t)),
		files: s3.NewFromConfig(files(t), func(o *s3.Options) { o.UsePathStyle = true }),
	}
}

// started ends the peer with the test and returns the configuration of a client for it.
func started(peer *backends.Peer, err error) func(*testing.T) aws.Config {
	return func(t *testing.T) aws.Config {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = peer.Stop() })
		return aws.Config{
			Region: "us-east-1", BaseEndpoint: aws.String(peer.URL),
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		}
	}
}

func TestCreateOnTheRealServices(t *testing.T) {
	t.Parallel()
	s := startServices(t)
	ctx := t.Context()
	w := office(t, testOptions())
	if err := w.Create(ctx, s.clients()); err != nil {
		t.Fatal(err)
	}
	checkTable(t, s.dynamo)
	checkQueues(t, s.queues)
	if _, err := s.topics.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String("arn:aws:sns:us-east-1:000000000000:Office-News")}); err != nil {
		t.Error(err)
	}
	versioning, err := s.files.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String("office-files")})
	if err != nil || versioning.Status != "Enabled" {
		t.Errorf("versioning is %+v, %v", versioning, err)
	}

	item := map[string]types.AttributeValue{
		"room": &types.AttributeValueMemberS{Value: "r"}, "guest": &types.AttributeValueMemberS{Value: "g"},
	}
	if _, err := s.dynamo.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("Office-Guests"), Item: item}); err != nil {
		t.Fatal(err)
	}
	if err := w.Create(ctx, s.clients()); err != nil {
		t.Fatalf("a second time: %v", err)
	}
	kept, err := s.dynamo.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("Office-Guests"), Key: item})
	if err != nil || len(kept.Item) != 2 {
		t.Fatalf("the row is not kept: %v, %v", kept, err)
	}

	w.Tables[0].Indexes[0].Name = "by_name"
	err = w.Create(ctx, s.clients())
	want := "provision: create table Office-Guests (Office/Guests): the kept table has another schema: " +
		"kept key (room, guest) types (guest S, room S, since N) indexes [global by_guest (guest) INCLUDE [name], local by_time (room, since) KEYS_ONLY []], " +
		"wanted key (room, guest) types (guest S, room S, since N) indexes [global by_name (guest) INCLUDE [name], local by_time (room, since) KEYS_ONLY []]: " +
		"remove the kept data, or start without it"
	if err == nil || err.Error() != want || !errors.Is(err, ErrSchema) {
		t.Fatalf("got  %v\nwant %s", err, want)
	}
}

func checkTable(t *testing.T, c *dynamodb.Client) {
	t.Helper()
	got, err := c.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("Office-Guests")})
	if err != nil {
		t.Fatal(err)
	}
	table := got.Table
	if table.TableStatus != types.TableStatusActive || len(table.GlobalSecondaryIndexes) != 1 || len(table.LocalSecondaryIndexes) != 1 {
		t.Errorf("got %+v", table)
	}
	if aws.ToInt64(table.ProvisionedThroughput.WriteCapacityUnits) != 4 {
		t.Errorf("got %+v", table.ProvisionedThroughput)
	}
}

func checkQueues(t *testing.T, c *sqs.Client) {
	t.Helper()
	for name, want := range map[string]map[string]string{
		"Office-Letters": {
			"VisibilityTimeout": "120", "MessageRetentionPeriod": "1209600",
			"RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"3"}`,
			"QueueArn":      "arn:aws:sqs:us-east-1:000000000000:Office-Letters",
		},
		"Office-Ordered.fifo": {"FifoQueue": "true", "ContentBasedDeduplication": "true"},
	} {
		got, err := c.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
			QueueUrl: aws.String("http://127.0.0.1:4566/000000000000/" + name), AttributeNames: []sqstypes.QueueAttributeName{"All"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for attribute, value := range want {
			if got.Attributes[attribute] != value {
				t.Errorf("%s: %s is %q, want %q", name, attribute, got.Attributes[attribute], value)
			}
		}
	}
}
