package messagescheduler_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
)

func TestResourcesThatAreGivenAreUsed(t *testing.T) {
	_, stack := newStack(t)
	first := messagescheduler.NewMessageScheduler(stack, jsii.String("First"), &messagescheduler.MessageSchedulerProps{Sender: sender})
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender: sender, SigningSecret: first.Secret(), Bucket: first.Bucket(), BucketPrefix: "second/",
		ScheduleTable: first.ScheduleTable(), SubscribersTable: first.SubscribersTable(), DeliveriesTable: first.DeliveriesTable(),
		DueQueue: first.DueQueue(), DueDeadLetterQueue: first.DueDeadLetterQueue(),
		DeliveryQueue: first.DeliveryQueue(), DeliveryDeadLetterQueue: first.DeliveryDeadLetterQueue(),
	})
	template := assertions.Template_FromStack(stack, nil)
	for kind, count := range map[string]float64{
		"AWS::DynamoDB::GlobalTable": 3, "AWS::SQS::Queue": 4, "AWS::SecretsManager::Secret": 2, "AWS::S3::Bucket": 1,
		"AWS::Lambda::EventSourceMapping": 4,
	} {
		template.ResourceCountIs(jsii.String(kind), &count)
	}
}

func TestResourcesThatCannotServeAreRefused(t *testing.T) {
	_, stack := newStack(t)
	id := &awsdynamodb.Attribute{Name: jsii.String("id"), Type: awsdynamodb.AttributeType_STRING}
	const want = `message scheduler "Test/Scheduler": one of sender and hub is required; ` +
		`deliveryQueue is "Test/Queue", but sender is missing; ` +
		`subscribersTable must have the keys "group" (S), "subscriber" (S), got "id" (S); ` +
		`deliveryDeadLetterQueue is missing, which deliveryQueue needs; deliveryQueue must have a dead-letter queue`
	defer func() {
		if got := recover(); got != want {
			t.Errorf("panicked with\n%v\nwant\n%s", got, want)
		}
	}()
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		SubscribersTable: awsdynamodb.NewTableV2(stack, jsii.String("Table"), &awsdynamodb.TablePropsV2{PartitionKey: id}),
		DeliveryQueue:    awssqs.NewQueue(stack, jsii.String("Queue"), nil),
	})
}
