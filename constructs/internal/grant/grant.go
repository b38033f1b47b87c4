// Package grant gives principals the statements they need and no other. The statements are written by hand because those of
// CDK's own grants are broader: a table's grantReadWriteData alone allows twelve actions, Scan among them.
package grant

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Allow allows a function the actions on one resource, and what these take of the resource's key.
func Allow(fn awslambda.Function, on Resource, actions ...string) {
	fn.AddToRolePolicy(Statement(actions, on.ARN))
	if use := keyActions(actions); on.Key != nil && len(use) > 0 {
		on.Key.Grant(fn, *jsii.Strings(use...)...)
	}
}

// Statement allows the actions on the resources.
func Statement(actions []string, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: &resources,
	})
}

// DefaultMaxConcurrency bounds the instances that read one queue. Without a bound a backlog takes the whole concurrency of
// the account, 1,000 and in a new account 10, and starves the functions that clients wait for. Two are the fewest that AWS
// allows: the four queues of a hub and a scheduler then leave a new account two for everything else.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
const DefaultMaxConcurrency = 2

// Consumer is how a function reads a queue.
type Consumer struct {
	BatchSize      int
	MaxConcurrency int // 0 stands for DefaultMaxConcurrency
}

// Consume has a function read a queue. The actions are the three that AWS asks for.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
func Consume(scope constructs.Construct, id string, fn awslambda.Function, queue awssqs.IQueue, consumer Consumer) {
	Allow(fn, Queue(queue), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	awslambda.NewEventSourceMapping(scope, jsii.String(id), &awslambda.EventSourceMappingProps{
		Target:                  fn,
		EventSourceArn:          queue.QueueArn(),
		BatchSize:               jsii.Number(consumer.BatchSize),
		MaxConcurrency:          jsii.Number(cmp.Or(consumer.MaxConcurrency, DefaultMaxConcurrency)),
		ReportBatchItemFailures: jsii.Bool(true),
	})
}
