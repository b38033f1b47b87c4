package notificationhub_test

import (
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/nag"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

func minimal(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	return app, stack
}

// everything sets every prop but those that exclude one another.
func everything(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	topic := awssns.NewTopic(stack, jsii.String("Alarms"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	options := notificationhub.FunctionOptions{MemoryMB: 512, ReservedConcurrency: 20}
	worker := notificationhub.FunctionOptions{MemoryMB: 2048, MaxConcurrency: 50}
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		SigningSecret: awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"),
			jsii.String("arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf")),
		StageName:        "v2",
		ThrottleRate:     500,
		ThrottleBurst:    800,
		ConnectionsQuota: 40_000,
		ConnectionsShare: 50,
		AllowedOrigins:   []string{"https://app.example.com", "https://admin.example.com"},
		CustomDomain: &notificationhub.CustomDomain{
			DomainName: "push.example.com",
			Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
				jsii.String("arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555")),
			HostedZone: awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"),
				&awsroute53.HostedZoneAttributes{HostedZoneId: jsii.String("Z123"), ZoneName: jsii.String("example.com")}),
		},
		IntakeVisibilityTimeout: 5 * time.Minute,
		IntakeMaxReceiveCount:   3,
		IntakeRetention:         24 * time.Hour,
		ConnectionRetention:     3 * time.Hour,
		HistoryRetention:        time.Hour,
		RemovalPolicy:           awscdk.RemovalPolicy_DESTROY,
		LogRetention:            awslogs.RetentionDays_ONE_WEEK,
		Dashboard:               true,
		AlarmTopic:              topic,
		AccessLogs:              true,
		Functions: notificationhub.FunctionOptions{
			Vpc: awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
				VpcId: jsii.String("vpc-12345678"), AvailabilityZones: jsii.Strings("eu-west-1a"), PrivateSubnetIds: jsii.Strings("subnet-12345678"), PrivateSubnetRouteTableIds: jsii.Strings("rtb-12345678"),
			}),
			Tracing: awslambda.Tracing_ACTIVE, LogLevel: awslambda.ApplicationLogLevel_DEBUG,
			Environment: map[string]*string{"TEAM": jsii.String("web")},
		},
		Architecture: awslambda.Architecture_X86_64(),
		Authorize:    options,
		Connect:      options,
		Disconnect:   options,
		Send:         options,
		Default:      options,
		Broadcast:    worker,
		Deliver:      worker,
	})
	role := awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
	hub.GrantPublish(role)
	hub.GrantIssueTokens(role)
	hub.GrantManageConnections(role)
	nag.Suppress(role.Node().FindChild(jsii.String("DefaultPolicy")), nag.Suppression{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "The backend may manage every connection of the hub, as the grant says.",
		AppliesTo: `/^Resource::.*\/@connections\/\*$/g`,
	})
	return app, stack
}

// encrypted gives every resource a key of the app, whose policy the golden template shows.
func encrypted(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	key := awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)})
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{EncryptionKey: key})
	role := awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
	hub.GrantPublish(role)
	hub.GrantIssueTokens(role)
	return app, stack
}

func TestSnapshots(t *testing.T) {
	for name, build := range map[string]func(*testing.T) (awscdk.App, awscdk.Stack){
		"minimal": minimal, "everything": everything, "encrypted": encrypted,
	} {
		t.Run("a hub with "+name, func(t *testing.T) {
			app, stack := build(t)
			snapshot.Check(t, name, app, stack)
		})
	}
}

// After the snapshots, whose resources the page counts.
func TestThePageListsWhatAHubMakes(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), nil)
	snapshot.Page(t, root+"/docs/constructs/notificationhub.md", hub, stack)
}
