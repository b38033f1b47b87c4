package budgetsubscriber_test

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
)

// Recipients by budget, from a verified domain.
func ExampleBudgetSubscriberProps_recipients() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget:         &budgetsubscriber.Budget{Name: "Web", Amount: 1000, CostFilters: map[string][]string{"TagKeyValue": {"user:team$web"}}},
		Sender:         "Hermes <alerts@example.com>",
		SenderIdentity: awsses.EmailIdentity_FromEmailIdentityName(stack, jsii.String("Domain"), jsii.String("example.com")),
		Recipients:     []budgetsubscriber.Recipient{{Email: "web@example.com", Budget: "Web*"}, {Email: "ops@example.com"}},
	})
}

// A key of the app encrypts the topic, the table, the queues and log groups.
func ExampleBudgetSubscriberProps_encryption() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget:        &budgetsubscriber.Budget{Amount: 1000},
		Sender:        "alerts@example.com",
		Recipients:    []budgetsubscriber.Recipient{{Email: "ops@example.com"}},
		EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)}),
	})
}

// A topic and a dead-letter queue of the app, for budgets and cost anomalies made elsewhere.
func ExampleBudgetSubscriberProps_resources() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Topic:           awssns.NewTopic(stack, jsii.String("Costs"), &awssns.TopicProps{SignatureVersion: jsii.String("2")}),
		CostAnomalies:   true,
		DeadLetterQueue: awssqs.NewQueue(stack, jsii.String("Dead"), nil),
		Sender:          "alerts@example.com",
		Recipients:      []budgetsubscriber.Recipient{{Email: "ops@example.com"}},
	})
}

// No public endpoint, the function in a VPC.
func ExampleBudgetSubscriberProps_private() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget:     &budgetsubscriber.Budget{Amount: 1000},
		Sender:     "alerts@example.com",
		Recipients: []budgetsubscriber.Recipient{{Email: "ops@example.com"}},
		Protocol:   budgetsubscriber.ProtocolLambda,
		Notify:     budgetsubscriber.FunctionOptions{Vpc: awsec2.NewVpc(stack, jsii.String("Vpc"), nil)},
	})
}

// When SNS delivers again, and who hears of what was not delivered.
func ExampleBudgetSubscriberProps_delivery() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget:                    &budgetsubscriber.Budget{Amount: 1000},
		Sender:                    "alerts@example.com",
		Recipients:                []budgetsubscriber.Recipient{{Email: "ops@example.com"}},
		Retry:                     budgetsubscriber.RetryPolicy{Retries: 5, MinDelay: 30 * time.Second},
		AuthenticateOnUnsubscribe: true,
		AlarmTopic:                awssns.NewTopic(stack, jsii.String("Alarms"), nil),
	})
}

// A subscriber of another stack, by its topic.
func ExampleFromBudgetSubscriberAttributes() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	budgetsubscriber.FromBudgetSubscriberAttributes(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberAttributes{
		TopicArn: "arn:aws:sns:eu-west-1:123456789012:costs",
	})
}
