package messagescheduler_test

import (
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

const (
	root   = "../.."
	sender = "Hermes <no-reply@example.com>"
)

// newStack is a stack of an app that bundles nothing. No test here runs in parallel: the jsii kernel answers one caller
// at a time.
func newStack(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app := snapshot.App(t, root)
	return app, awscdk.NewStack(app, jsii.String("Test"), nil)
}

// newScheduler makes a scheduler in a stack of its own; the sender is given if props have none.
func newScheduler(
	t *testing.T, props messagescheduler.MessageSchedulerProps,
) (awscdk.Stack, messagescheduler.MessageScheduler) {
	t.Helper()
	_, stack := newStack(t)
	if props.Sender == "" {
		props.Sender = sender
	}
	return stack, messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &props)
}

func minimal(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"),
		&messagescheduler.MessageSchedulerProps{Sender: sender})
	return app, stack
}

// everything sets every prop but those that exclude one another.
func everything(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	options := messagescheduler.FunctionOptions{MemoryMB: 768, ReservedConcurrency: 20}
	worker := messagescheduler.FunctionOptions{MemoryMB: 2048, MaxConcurrency: 50}
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:           sender,
		SenderIdentity:   awsses.EmailIdentity_FromEmailIdentityName(stack, jsii.String("Domain"), jsii.String("example.com")),
		ConfigurationSet: awsses.ConfigurationSet_FromConfigurationSetName(stack, jsii.String("Set"), jsii.String("mails")),
		SendRate:         200,
		Hub: notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			QueueArn: "arn:aws:sqs:eu-west-1:123456789012:intake",
		}),
		BucketProps: &awss3.BucketProps{
			Versioned: jsii.Bool(true),
			EncryptionKey: awskms.Key_FromKeyArn(stack, jsii.String("Key"),
				jsii.String("arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555")),
			LifecycleRules: &[]*awss3.LifecycleRule{{
				Transitions: &[]*awss3.Transition{{
					StorageClass: awss3.StorageClass_INTELLIGENT_TIERING(), TransitionAfter: awscdk.Duration_Days(jsii.Number(7)),
				}},
			}},
		},
		BucketPrefix: "messages/",
		SigningSecret: awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"),
			jsii.String("arn:aws:secretsmanager:eu-west-1:123456789012:secret:scheduler-AbCdEf")),
		PublicUrl:      "https://schedule.example.com",
		AllowedOrigins: []string{"https://app.example.com"},
		ThrottleRate:   500,
		ThrottleBurst:  800,
		DoubleOptIn:    true,
		Retention:      90 * 24 * time.Hour,
		Shards:         16,
		RemovalPolicy:  awscdk.RemovalPolicy_DESTROY,
		LogRetention:   awslogs.RetentionDays_ONE_WEEK,
		LateAfter:      10 * time.Second,
		Dashboard:      true,
		AlarmTopic:     awssns.NewTopic(stack, jsii.String("Alarms"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)}),
		Architecture:   awslambda.Architecture_X86_64(),
		Functions: messagescheduler.FunctionOptions{
			Vpc: awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
				VpcId: jsii.String("vpc-12345678"), AvailabilityZones: jsii.Strings("eu-west-1a"), PrivateSubnetIds: jsii.Strings("subnet-12345678"), PrivateSubnetRouteTableIds: jsii.Strings("rtb-12345678"),
			}),
			Tracing: awslambda.Tracing_ACTIVE, LogLevel: awslambda.ApplicationLogLevel_DEBUG,
		},
		Authorize:   options,
		Schedule:    options,
		Subscribers: options,
		Dispatch:    options,
		Expand:      worker,
		Deliver:     worker,
		Feedback:    options,
	})
	scheduler.GrantSchedule(awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	}))
	return app, stack
}

// encrypted gives every resource a key of the app, whose policy the golden template shows.
func encrypted(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	key := awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)})
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender: sender, EncryptionKey: key,
		Hub: notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			QueueArn:              "arn:aws:sqs:eu-west-1:123456789012:intake",
			QueueEncryptionKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
		}),
	})
	scheduler.GrantSchedule(awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	}))
	return app, stack
}

func backend(stack awscdk.Stack) awslambda.Function {
	return awslambda.NewFunction(stack, jsii.String("Backend"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_22_X(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("x")),
	})
}
