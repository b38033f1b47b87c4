package budgetsubscriber

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// newReceipts makes the table of who has got what.
func (b *budgetSubscriber) newReceipts() {
	text := awsdynamodb.AttributeType_STRING
	b.receipts = awsdynamodb.NewTableV2(b, jsii.String("Receipts"), &awsdynamodb.TablePropsV2{
		PartitionKey:        &awsdynamodb.Attribute{Name: jsii.String(contract.AttributeMessageID), Type: text},
		SortKey:             &awsdynamodb.Attribute{Name: jsii.String(contract.AttributeReceiver), Type: text},
		Billing:             awsdynamodb.Billing_OnDemand(nil),
		TimeToLiveAttribute: jsii.String(contract.AttributeTTL),
		RemovalPolicy:       b.removalPolicy(),
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	})
}

// newQueues makes the dead-letter queue and the queue by which letters come back: SQS moves messages from a dead-letter
// queue to a queue whose dead-letter queue it is, and SNS cannot be such a source.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
func (b *budgetSubscriber) newQueues() {
	b.deadLetters = b.newQueue("DeadLetters", &awssqs.QueueProps{RetentionPeriod: awscdk.Duration_Days(jsii.Number(14))})
	b.redrive = b.newQueue("Redrive", &awssqs.QueueProps{
		VisibilityTimeout: seconds(6 * notifyTimeout),
		RetentionPeriod:   awscdk.Duration_Days(jsii.Number(4)),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: b.deadLetters, MaxReceiveCount: jsii.Number(3)},
	})
}

// newQueue makes an encrypted queue that refuses plain http. SNS can write to one that is encrypted by SQS's own key.
func (b *budgetSubscriber) newQueue(id string, props *awssqs.QueueProps) awssqs.Queue {
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	props.EnforceSSL = jsii.Bool(true)
	props.RemovalPolicy = b.removalPolicy()
	return awssqs.NewQueue(b, jsii.String(id), props)
}

// consumeRedrive lets the function read the redrive queue.
func (b *budgetSubscriber) consumeRedrive() {
	allow(b.notify, b.redrive.QueueArn(), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	awslambda.NewEventSourceMapping(b, jsii.String("RedriveMapping"), &awslambda.EventSourceMappingProps{
		Target:                  b.notify,
		EventSourceArn:          b.redrive.QueueArn(),
		BatchSize:               jsii.Number(1), // e-mails take their time
		ReportBatchItemFailures: jsii.Bool(true),
	})
}

func seconds(d time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
}

// orDefault is value, or fallback when value is zero.
func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
