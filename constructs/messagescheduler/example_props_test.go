package messagescheduler_test

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
)

// Mail from a verified domain, at a rate of one's own.
func ExampleMessageSchedulerProps_mail() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:         "Hermes <no-reply@example.com>",
		SenderIdentity: awsses.EmailIdentity_FromEmailIdentityName(stack, jsii.String("Domain"), jsii.String("example.com")),
		SendRate:       200,
		DoubleOptIn:    true,
		Deliver:        messagescheduler.FunctionOptions{MaxConcurrency: 2},
	})
}

// A key of the app encrypts tables, queues, secrets, the bucket and log groups.
func ExampleMessageSchedulerProps_encryption() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:        "no-reply@example.com",
		EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)}),
	})
}

// A bucket and a queue of the app.
func ExampleMessageSchedulerProps_resources() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	dead := awssqs.NewQueue(stack, jsii.String("Dead"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:       "no-reply@example.com",
		Bucket:       awss3.NewBucket(stack, jsii.String("Bucket"), nil),
		BucketPrefix: "messages/",
		DueQueue: awssqs.NewQueue(stack, jsii.String("Due"), &awssqs.QueueProps{
			DeadLetterQueue: &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(100)},
		}),
		DueDeadLetterQueue: dead,
	})
}

// The routes on an API of the app, which has a domain of its own.
func ExampleMessageSchedulerProps_api() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:    "no-reply@example.com",
		HttpApi:   awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), nil),
		PublicUrl: "https://schedule.example.com",
	})
}

// All functions in a VPC; alarms for what is ten seconds late; results for a quarter.
func ExampleMessageSchedulerProps_operation() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:     "no-reply@example.com",
		Functions:  messagescheduler.FunctionOptions{Vpc: awsec2.NewVpc(stack, jsii.String("Vpc"), nil)},
		Retention:  90 * 24 * time.Hour,
		LateAfter:  10 * time.Second,
		AlarmTopic: awssns.NewTopic(stack, jsii.String("Alarms"), nil),
	})
}

// A scheduler of another stack, by its outputs, and a function that may schedule with it.
func ExampleFromMessageSchedulerAttributes() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	scheduler := messagescheduler.FromMessageSchedulerAttributes(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerAttributes{
		ApiUrl:    "https://schedule.example.com",
		SecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:scheduler-AbCdEf",
	})
	scheduler.GrantSchedule(backend(stack))
}
