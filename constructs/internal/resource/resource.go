// Package resource makes tables, queues and log groups with the defaults of this module: encrypted, recoverable, and
// closed to plain http.
package resource

import (
	"cmp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Options are common to what a construct makes.
type Options struct {
	RemovalPolicy awscdk.RemovalPolicy
	Key           awskms.IKey // nil for a key of AWS
}

// Table describes a table.
type Table struct {
	Partition *awsdynamodb.Attribute
	Sort      *awsdynamodb.Attribute // nil for none
	TTL       string                 // the attribute by which items expire; "" for none
}

// NewTable makes a table, billed on demand, with point-in-time recovery.
func NewTable(scope constructs.Construct, id string, table Table, options Options) awsdynamodb.TableV2 {
	props := &awsdynamodb.TablePropsV2{
		PartitionKey:  table.Partition,
		SortKey:       table.Sort,
		Billing:       awsdynamodb.Billing_OnDemand(nil),
		RemovalPolicy: options.RemovalPolicy,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	}
	if table.TTL != "" {
		props.TimeToLiveAttribute = jsii.String(table.TTL)
	}
	if options.Key == nil {
		return awsdynamodb.NewTableV2(scope, jsii.String(id), props)
	}
	props.Encryption = awsdynamodb.TableEncryptionV2_CustomerManagedKey(options.Key, nil)
	made := awsdynamodb.NewTableV2(scope, jsii.String(id), props)
	// CDK names a replica's key in stacks of a known region only, where it need not be the stack's; this is the stack's own.
	made.Node().DefaultChild().(awsdynamodb.CfnGlobalTable).SetReplicas([]any{
		&awsdynamodb.CfnGlobalTable_ReplicaSpecificationProperty{
			Region: awscdk.Stack_Of(scope).Region(),
			PointInTimeRecoverySpecification: &awsdynamodb.CfnGlobalTable_PointInTimeRecoverySpecificationProperty{
				PointInTimeRecoveryEnabled: jsii.Bool(true),
			},
			SseSpecification: &awsdynamodb.CfnGlobalTable_ReplicaSSESpecificationProperty{KmsMasterKeyId: options.Key.KeyArn()},
		},
	})
	return made
}

// String is an attribute that holds text.
func String(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}

// Number is an attribute that holds a number.
func Number(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_NUMBER}
}

// NewQueue makes a queue, encrypted with the key of SQS, with which other services can write to it too, or with the one
// given.
func NewQueue(scope constructs.Construct, id string, props awssqs.QueueProps, options Options) awssqs.Queue {
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	if options.Key != nil {
		props.Encryption, props.EncryptionMasterKey = awssqs.QueueEncryption_KMS, options.Key
	}
	props.EnforceSSL = jsii.Bool(true)
	props.RemovalPolicy = options.RemovalPolicy
	return awssqs.NewQueue(scope, jsii.String(id), &props)
}

// NewDeadLetterQueue makes a queue that keeps messages for as long as SQS can, 14 days.
func NewDeadLetterQueue(scope constructs.Construct, id string, options Options) awssqs.Queue {
	return NewQueue(scope, id, awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))}, options)
}

// RemovalPolicy is policy, or the default: what holds data stays when it leaves the stack, unless its creation is rolled
// back, so that a first deployment that fails leaves nothing behind.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func RemovalPolicy(policy awscdk.RemovalPolicy) awscdk.RemovalPolicy {
	return cmp.Or(policy, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
}

// Seconds is d as CDK's Duration.
func Seconds(d time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
}
