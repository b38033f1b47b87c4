package provision

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Clients reach the data services themselves, not through the endpoint that authorizes and meters. A client may be nil
// if the World has nothing for it.
type Clients struct {
	DynamoDB Tables
	SQS      Queues
	SNS      Topics
	S3       Buckets
}

// Tables is what Create needs of DynamoDB.
type Tables interface {
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	CreateTable(context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
}

// Queues is what Create needs of SQS.
type Queues interface {
	CreateQueue(context.Context, *sqs.CreateQueueInput, ...func(*sqs.Options)) (*sqs.CreateQueueOutput, error)
	SetQueueAttributes(context.Context, *sqs.SetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.SetQueueAttributesOutput, error)
}

// Topics is what Create needs of SNS.
type Topics interface {
	CreateTopic(context.Context, *sns.CreateTopicInput, ...func(*sns.Options)) (*sns.CreateTopicOutput, error)
}

// Buckets is what Create needs of S3.
type Buckets interface {
	CreateBucket(context.Context, *s3.CreateBucketInput, ...func(*s3.Options)) (*s3.CreateBucketOutput, error)
	PutBucketVersioning(context.Context, *s3.PutBucketVersioningInput, ...func(*s3.Options)) (*s3.PutBucketVersioningOutput, error)
}

var (
	_ Tables  = (*dynamodb.Client)(nil)
	_ Queues  = (*sqs.Client)(nil)
	_ Topics  = (*sns.Client)(nil)
	_ Buckets = (*s3.Client)(nil)
)

// Create makes tables, queues, topics and buckets; not subscriptions, which belong to whoever delivers. What is there
// from an earlier run is kept; a table whose schema is another one is an error that wraps ErrSchema.
func (w *World) Create(ctx context.Context, c Clients) error {
	for _, t := range w.Tables {
		if err := createTable(ctx, c.DynamoDB, t); err != nil {
			return creating("table", t.Name, t.ID, err)
		}
	}
	if err := w.createQueues(ctx, c.SQS); err != nil {
		return err
	}
	if err := w.createTopics(ctx, c.SNS); err != nil {
		return err
	}
	for _, b := range w.Buckets {
		if err := createBucket(ctx, c.S3, b); err != nil {
			return creating("bucket", b.Name, b.ID, err)
		}
	}
	return nil
}

func creating(what, name string, id ID, err error) error {
	return fmt.Errorf("provision: create %s %s (%s/%s): %w", what, name, id.Stack, id.LogicalID, err)
}
