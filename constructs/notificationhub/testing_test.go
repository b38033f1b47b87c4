package notificationhub_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// The test of docs/testing.md.
func TestTheShopKeepsItsTables(t *testing.T) {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"aws:cdk:bundling-stacks": []string{}}})
	stack := awscdk.NewStack(app, jsii.String("Shop"), nil)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)

	template := assertions.Template_FromStack(stack, nil)
	template.AllResources(jsii.String("AWS::DynamoDB::GlobalTable"), map[string]any{"DeletionPolicy": "RetainExceptOnCreate"})
}
