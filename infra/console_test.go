package main

import (
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/test/snapshot"
)

func TestTheConsoleIsServedFromAPrivateBucket(t *testing.T) {
	// Assets are found from the module's root, where the CDK CLI runs the app.
	if err := os.Chdir(".."); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chdir("infra"); err != nil {
			t.Fatal(err)
		}
	})
	app := snapshot.App(t, ".")
	stack := awscdk.NewStack(app, jsii.String("Test"), nil)
	url := newConsole(stack, Stage{Name: "dev", RemovalPolicy: awscdk.RemovalPolicy_DESTROY}, jsii.String("wss://push.example.com"))
	awscdk.NewCfnOutput(stack, jsii.String("ConsoleUrl"), &awscdk.CfnOutputProps{Value: url})
	template := assertions.Template_FromStack(stack, nil)
	template.AllResourcesProperties(jsii.String("AWS::S3::Bucket"), map[string]any{
		"PublicAccessBlockConfiguration": map[string]any{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
		},
	})
	template.HasResourceProperties(jsii.String("AWS::CloudFront::OriginAccessControl"), map[string]any{
		"OriginAccessControlConfig": assertions.Match_ObjectLike(&map[string]any{"SigningBehavior": "always"}),
	})
	template.HasResourceProperties(jsii.String("AWS::CloudFront::ResponseHeadersPolicy"), map[string]any{
		"ResponseHeadersPolicyConfig": map[string]any{"SecurityHeadersConfig": map[string]any{
			"ContentSecurityPolicy": map[string]any{
				"ContentSecurityPolicy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
					"connect-src 'self' wss://push.example.com https://push.example.com; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
				"Override": true,
			},
		}},
	})
	template.AllResources(jsii.String("AWS::S3::Bucket"), map[string]any{"DeletionPolicy": "Delete"})
	template.ResourceCountIs(jsii.String("Custom::S3AutoDeleteObjects"), jsii.Number(1)) // CloudFormation deletes no bucket that holds something
	for _, prefix := range []any{assertions.Match_Absent(), "lib", "vendor"} {
		template.HasResourceProperties(jsii.String("Custom::CDKBucketDeployment"), map[string]any{"DestinationBucketKeyPrefix": prefix})
	}
}
