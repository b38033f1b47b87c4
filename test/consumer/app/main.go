// Command app is the CDK app of another team. It requires Hermes as any module does, and synthesizes a stack of its
// own with a hub in it. The test of the folder above builds it from a module cache and from a vendor folder.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Consumer"), nil)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: hub.WebSocketUrl()})
	app.Synth(nil)
}
