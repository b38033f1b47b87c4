package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"
)

// newAlarmTopic makes the topic that the stage's alarms notify, and subscribes the stage's address. It returns nil for a
// stage without alarms.
func newAlarmTopic(stack awscdk.Stack, stage Stage) awssns.ITopic {
	if !stage.Alarms {
		return nil
	}
	topic := awssns.NewTopic(stack, jsii.String("AlarmTopic"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	// With a policy of its own the topic no longer has SNS's default one, which lets the account's services in.
	// https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("AllowAlarms"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()}},
	}))
	topic.Node().DefaultChild().(awscdk.CfnResource).AddMetadata(jsii.String("cdk_nag"), map[string]any{
		"rules_to_suppress": []any{map[string]any{
			"id":     "AwsSolutions-SNS2",
			"reason": "Alarms hold no secret, and CloudWatch cannot publish to a topic under the AWS managed key.",
		}},
	})
	if stage.AlarmEmail != "" {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String(stage.AlarmEmail), nil))
	}
	output(stack, "AlarmTopicArn", topic.TopicArn(), "What alarms notify; subscribe whoever is on duty")
	return topic
}
