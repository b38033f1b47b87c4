package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// schema describes the table that records which recipient has got which message.
func schema() resource.Table {
	return resource.Table{
		Partition: resource.String(contract.AttributeMessageID),
		Sort:      resource.String(contract.AttributeReceiver),
		TTL:       contract.AttributeTTL,
	}
}

func (b *budgetSubscriber) newReceipts() {
	b.receipts = resource.NewTable(b.props.ReceiptsTable, b, "Receipts", schema(), b.resources())
}

// newQueues makes the dead-letter queue and the queue by which dead letters come back: SQS moves messages from a dead-letter
// queue to a queue whose dead-letter queue it is, and SNS cannot be such a source.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
func (b *budgetSubscriber) newQueues() {
	b.deadLetters = resource.NewDeadLetterQueue(b.props.DeadLetterQueue, b, "DeadLetters", b.resources())
	b.redrive = resource.NewQueue(b.props.RedriveQueue, b, "Redrive", awssqs.QueueProps{
		VisibilityTimeout: resource.Seconds(6 * notifyTimeout),
		RetentionPeriod:   awscdk.Duration_Days(jsii.Number(4)),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: b.deadLetters, MaxReceiveCount: jsii.Number(3)},
	}, b.resources())
}

// consumeRedrive has the function read the redrive queue, one message at a time because e-mails take their time.
func (b *budgetSubscriber) consumeRedrive() {
	grant.Consume(b, "RedriveMapping", b.notify, b.redrive, grant.Consumer{BatchSize: 1})
}
