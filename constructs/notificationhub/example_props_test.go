package notificationhub_test

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// A key of the app encrypts tables, queues, secrets and log groups.
func ExampleNotificationHubProps_encryption() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)}),
	})
}

// A table, queues and an API of the app.
func ExampleNotificationHubProps_resources() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	dead := awssqs.NewQueue(stack, jsii.String("Dead"), nil)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		RoomsTable: awsdynamodb.NewTableV2(stack, jsii.String("Rooms"), &awsdynamodb.TablePropsV2{
			PartitionKey: &awsdynamodb.Attribute{Name: jsii.String("room_id"), Type: awsdynamodb.AttributeType_STRING},
		}),
		IntakeQueue: awssqs.NewQueue(stack, jsii.String("Intake"), &awssqs.QueueProps{
			DeadLetterQueue: &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(100)},
		}),
		DeadLetterQueue: dead,
		WebSocketApi: awsapigatewayv2.NewWebSocketApi(stack, jsii.String("Api"), &awsapigatewayv2.WebSocketApiProps{
			RouteSelectionExpression: jsii.String("$request.body.action"),
		}),
	})
}

// All functions in a VPC, traced, at level DEBUG; Deliver with more of everything.
func ExampleNotificationHubProps_functions() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		Functions: notificationhub.FunctionOptions{
			Vpc:      awsec2.NewVpc(stack, jsii.String("Vpc"), nil),
			Tracing:  awslambda.Tracing_ACTIVE,
			LogLevel: awslambda.ApplicationLogLevel_DEBUG,
		},
		Deliver: notificationhub.FunctionOptions{MemoryMB: 2048, MaxConcurrency: 4},
	})
}

// What is kept, for how long, and what stays when the stack goes.
func ExampleNotificationHubProps_retention() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		HistoryRetention: 7 * 24 * time.Hour,
		IntakeRetention:  24 * time.Hour,
		LogRetention:     awslogs.RetentionDays_ONE_WEEK,
		RemovalPolicy:    awscdk.RemovalPolicy_DESTROY,
	})
}

// A name of the app's own, for pages of one origin.
func ExampleNotificationHubProps_domain() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z123"), ZoneName: jsii.String("example.com"),
	})
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		CustomDomain: &notificationhub.CustomDomain{
			DomainName: "push.example.com",
			Certificate: awscertificatemanager.NewCertificate(stack, jsii.String("Certificate"), &awscertificatemanager.CertificateProps{
				DomainName: jsii.String("push.example.com"), Validation: awscertificatemanager.CertificateValidation_FromDns(zone),
			}),
			HostedZone: zone,
		},
		AllowedOrigins: []string{"https://app.example.com"},
	})
}

// Limits, alarms and access logs.
func ExampleNotificationHubProps_operation() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		ThrottleRate: 5000, ThrottleBurst: 5000,
		ConnectionsQuota: 20_000, ConnectionsShare: 50,
		AlarmTopic: awssns.NewTopic(stack, jsii.String("Alarms"), nil),
		AccessLogs: true, // needs the account's CloudWatch role of API Gateway
	})
}

// A hub of another stack, by its ARNs, and what a function of this one may do with it.
func ExampleFromNotificationHubAttributes() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("MyStack"), nil)
	hub := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
		QueueArn:              "arn:aws:sqs:eu-west-1:123456789012:intake",
		QueueEncryptionKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
	})
	hub.GrantPublish(backend(stack), notificationhub.GrantOptions{EnvironmentPrefix: "CHAT_"})
}
