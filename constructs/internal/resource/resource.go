// Package resource makes tables and queues with the defaults of this module: encrypted, recoverable, and
// closed to plain http.
package resource

import (
	"cmp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Table describes a table.
type Table struct {
	Partition *awsdynamodb.Attribute
	Sort      *awsdynamodb.Attribute // nil for none
	TTL       string                 // the attribute by which items expire; "" for none
}

// NewTable makes a table, billed on demand, with point-in-time recovery.
func NewTable(scope constructs.Construct, id string, table Table, policy awscdk.RemovalPolicy) awsdynamodb.TableV2 {
	props := &awsdynamodb.TablePropsV2{
		PartitionKey:  table.Partition,
		SortKey:       table.Sort,
		Billing:       awsdynamodb.Billing_OnDemand(nil),
		RemovalPolicy: policy,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	}
	if table.TTL != "" {
		props.TimeToLiveAttribute = jsii.String(table.TTL)
	}
	return awsdynamodb.NewTableV2(scope, jsii.String(id), props)
}

// String is an attribute that holds text.
func String(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}

// Number is an attribute that holds a number.
func Number(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_NUMBER}
}

// NewQueue makes a queue, encrypted with the key of SQS, with which other services can write to it too.
func NewQueue(scope constructs.Construct, id string, props awssqs.QueueProps, policy awscdk.RemovalPolicy) awssqs.Queue {
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	props.EnforceSSL = jsii.Bool(true)
	props.RemovalPolicy = policy
	return awssqs.NewQueue(scope, jsii.String(id), &props)
}

// NewDeadLetterQueue makes a queue that keeps messages for as long as SQS can, 14 days.
func NewDeadLetterQueue(scope constructs.Construct, id string, policy awscdk.RemovalPolicy) awssqs.Queue {
	return NewQueue(scope, id, awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))}, policy)
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
