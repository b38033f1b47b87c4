package budgetsubscriber_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
)

func TestResourcesThatAreGivenAreUsed(t *testing.T) {
	_, stack := newStack(t)
	first := budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("First"), ptr(simple()))
	second := simple()
	second.ReceiptsTable, second.DeadLetterQueue, second.RedriveQueue = first.ReceiptsTable(), first.DeadLetterQueue(), first.RedriveQueue()
	subscriber(stack, second)
	template := assertions.Template_FromStack(stack, nil)
	for kind, count := range map[string]float64{
		"AWS::DynamoDB::GlobalTable": 1, "AWS::SQS::Queue": 2, "AWS::Lambda::EventSourceMapping": 2,
	} {
		template.ResourceCountIs(jsii.String(kind), &count)
	}
}

func TestResourcesThatCannotServeAreRefused(t *testing.T) {
	_, stack := newStack(t)
	p := simple()
	p.ReceiptsTable = awsdynamodb.NewTableV2(stack, jsii.String("Table"), &awsdynamodb.TablePropsV2{
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String("id"), Type: awsdynamodb.AttributeType_NUMBER},
	})
	p.RedriveQueue = awssqs.NewQueue(stack, jsii.String("Queue"), nil)
	const want = `budget subscriber "Test/Budget": ` +
		`receiptsTable must have the keys "message_id" (S), "receiver" (S), got "id" (N); ` +
		`receiptsTable must expire items by the attribute "expires_at", got ""; ` +
		`deadLetterQueue is missing, which redriveQueue needs; redriveQueue must have a dead-letter queue`
	defer func() {
		if got := recover(); got != want {
			t.Errorf("panicked with\n%v\nwant\n%s", got, want)
		}
	}()
	subscriber(stack, p)
}

func ptr[T any](value T) *T { return &value }
