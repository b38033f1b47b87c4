package notificationhub_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

func TestAKeyMayLieInAStackOfItsOwn(t *testing.T) {
	app, keys := newStack(t)
	key := awskms.NewKey(keys, jsii.String("Key"), nil)
	stack := awscdk.NewStack(app, jsii.String("Hubs"), nil)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{EncryptionKey: key})
	hub.GrantPublish(backend(stack))
	assertions.Template_FromStack(stack, nil).AllResourcesProperties(jsii.String("AWS::SQS::Queue"),
		map[string]any{"KmsMasterKeyId": assertions.Match_AnyValue()})
}

func TestAServiceThatMayPublishMayUseTheQueuesKey(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), nil),
	})
	hub.GrantPublish(awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil))
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::KMS::Key"), map[string]any{
		"KeyPolicy": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{map[string]any{
			"Action": []any{"kms:Decrypt", "kms:GenerateDataKey"}, "Effect": "Allow",
			"Principal": map[string]any{"Service": "events.amazonaws.com"}, "Resource": "*",
		}})},
	})
}

func TestAnImportedHubsKeysAreGranted(t *testing.T) {
	_, stack := newStack(t)
	const keyARN = "arn:aws:kms:eu-west-1:123456789012:key/"
	hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
		QueueArn:                    "arn:aws:sqs:eu-west-1:123456789012:intake",
		QueueEncryptionKeyArn:       keyARN + "1",
		TokensTableArn:              "arn:aws:dynamodb:eu-west-1:123456789012:table/tokens",
		TokensTableEncryptionKeyArn: keyARN + "2",
		SecretArn:                   "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf",
		SecretEncryptionKeyArn:      keyARN + "3",
	})
	role := awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
	hub.GrantPublish(role)
	hub.GrantIssueTokens(role)
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), map[string]any{
		"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{
			map[string]any{"Action": []any{"kms:Decrypt", "kms:GenerateDataKey"}, "Effect": "Allow", "Resource": keyARN + "1"},
			map[string]any{"Action": "kms:Decrypt", "Effect": "Allow", "Resource": []any{keyARN + "2", keyARN + "3"}},
		})},
	})
}
