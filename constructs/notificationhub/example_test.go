package notificationhub_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// A stack with a hub; its URL is an output.
func ExampleNewNotificationHub() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("MyStack"), nil)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: hub.WebSocketUrl()})
	app.Synth(nil)
}
