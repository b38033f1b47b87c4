// Command infra is the order board's CDK app: a hub, a scheduler whose messages go into the hub's rooms, a budget whose alerts go
// there too, and the backend with its page.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// room is the hub's room that everybody is in. The scheduler publishes a group's messages in the room of its name.
const room = "orders"

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("OrderBoard"), nil)
	architecture, goarch := architectureOf(app)

	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{Architecture: architecture})
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Hub: hub, Architecture: architecture,
	})
	budget := budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget: &budgetsubscriber.Budget{Amount: 20}, Hub: hub, Room: room, Architecture: architecture,
	})

	backend := awslambda.NewFunction(stack, jsii.String("Backend"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PROVIDED_AL2023(), Handler: jsii.String("bootstrap"), Code: build("backend", goarch),
		Architecture: architecture, MemorySize: jsii.Number(256), Timeout: awscdk.Duration_Seconds(jsii.Number(10)),
		Environment: &map[string]*string{"ROOM": jsii.String(room), "WEB_SOCKET_URL": hub.WebSocketUrl()},
	})
	hub.GrantIssueTokens(backend)
	hub.GrantPublish(backend)
	scheduler.GrantSchedule(backend)
	api := awsapigatewayv2.NewHttpApi(stack, jsii.String("Api"), &awsapigatewayv2.HttpApiProps{
		DefaultIntegration: awsapigatewayv2integrations.NewHttpLambdaIntegration(jsii.String("Backend"), backend, nil),
	})
	output(stack, "PageUrl", awscdk.Fn_Join(jsii.String(""), &[]*string{api.ApiEndpoint(), jsii.String("/")}))
	output(stack, "BudgetTopicArn", budget.Topic().TopicArn())
	app.Synth(nil)
}

func output(stack awscdk.Stack, name string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{Value: value})
}

// architectureOf returns arm64, and on the local stage this machine's.
func architectureOf(app awscdk.App) (awslambda.Architecture, string) {
	if stage := app.Node().TryGetContext(jsii.String("stage")); stage == "local" && runtime.GOARCH == "amd64" {
		return awslambda.Architecture_X86_64(), "amd64"
	}
	return awslambda.Architecture_ARM_64(), "arm64"
}

// build compiles a function into a folder of its own.
func build(folder, goarch string) awslambda.Code {
	out := ".build/" + folder
	command := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", out+"/bootstrap", "./"+folder)
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+goarch, "CGO_ENABLED=0")
	if text, err := command.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%s: %v\n%s", folder, err, text))
	}
	return awslambda.Code_FromAsset(jsii.String(out), nil)
}
