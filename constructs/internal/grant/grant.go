// Package grant gives principals the statements they need and no other. The statements are written by hand because those of
// CDK's own grants are broader: a table's grantReadWriteData alone allows twelve actions, Scan among them.
package grant

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Allow allows a function the actions on one resource.
func Allow(fn awslambda.Function, resource *string, actions ...string) {
	fn.AddToRolePolicy(Statement(actions, resource))
}

// Statement allows the actions on the resources.
func Statement(actions []string, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: &resources,
	})
}

// IndexARN is the ARN of a table's index.
func IndexARN(table awsdynamodb.ITable, index string) *string {
	return jsii.String(*table.TableArn() + "/index/" + index)
}

// To grants the grantee the actions on the resources.
func To(grantee awsiam.IGrantable, resources []*string, actions ...string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings(actions...),
		ResourceArns: &resources,
	})
}

// ReadSecret grants the grantee to read a secret, and to decrypt it where the secret has a key of its own.
func ReadSecret(secret awssecretsmanager.ISecret, grantee awsiam.IGrantable) awsiam.Grant {
	read := To(grantee, []*string{secret.SecretArn()}, "secretsmanager:GetSecretValue")
	if key := secret.EncryptionKey(); key != nil {
		read = read.Combine(key.GrantDecrypt(grantee))
	}
	return read
}

// SetEnvironment sets an environment variable of a grantee that has an environment.
func SetEnvironment(grantee awsiam.IGrantable, name string, value *string) {
	if fn, ok := grantee.(awslambda.Function); ok {
		fn.AddEnvironment(jsii.String(name), value, nil)
	}
}

// Consumer is how a function reads a queue.
type Consumer struct {
	BatchSize      int
	MaxConcurrency int // 0 leaves it unbounded
}

// Consume has a function read a queue. The actions are the three that AWS asks for.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
func Consume(scope constructs.Construct, id string, fn awslambda.Function, queue awssqs.IQueue, consumer Consumer) {
	Allow(fn, queue.QueueArn(), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	props := &awslambda.EventSourceMappingProps{
		Target:                  fn,
		EventSourceArn:          queue.QueueArn(),
		BatchSize:               jsii.Number(consumer.BatchSize),
		ReportBatchItemFailures: jsii.Bool(true),
	}
	if consumer.MaxConcurrency != 0 {
		props.MaxConcurrency = jsii.Number(consumer.MaxConcurrency)
	}
	awslambda.NewEventSourceMapping(scope, jsii.String(id), props)
}
