package messagescheduler_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// A stack with a scheduler; where to schedule is an output.
func ExampleNewMessageScheduler() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("MyStack"), nil)
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"),
		&messagescheduler.MessageSchedulerProps{Sender: "Hermes <no-reply@example.com>"})
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: scheduler.ScheduleUrl()})
	app.Synth(nil)
}

// A scheduler that delivers into the rooms of a hub as well.
func ExampleNewMessageScheduler_hub() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("MyStack"), nil)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender: "Hermes <no-reply@example.com>",
		Hub:    hub,
	})
	app.Synth(nil)
}
