package provision

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Clients call the data services directly, not through the endpoint that authorizes and meters. A client may be nil if there
// is nothing for it.
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

// Create creates tables, queues, topics and buckets, but not subscriptions. What exists from an earlier run is kept; a table
// with another schema is an error that wraps ErrSchema.
func (r *Resources) Create(ctx context.Context, c Clients) error {
	for _, t := range r.Tables {
		if err := createTable(ctx, c.DynamoDB, t); err != nil {
			return creating("table", t.Name, t.ID, err)
		}
	}
	if err := r.createQueues(ctx, c.SQS); err != nil {
		return err
	}
	if err := r.createTopics(ctx, c.SNS); err != nil {
		return err
	}
	for _, b := range r.Buckets {
		if err := createBucket(ctx, c.S3, b); err != nil {
			return creating("bucket", b.Name, b.ID, err)
		}
	}
	return nil
}

func creating(what, name string, id ID, err error) error {
	return fmt.Errorf("provision: create %s %s (%s/%s): %w", what, name, id.Stack, id.LogicalID, err)
}
