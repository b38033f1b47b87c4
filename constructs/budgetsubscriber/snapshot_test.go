package budgetsubscriber_test

import (
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/test/snapshot"
)

func minimal(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	subscriber(stack, simple())
	return app, stack
}

// everything sets every prop but those that exclude one another.
func everything(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	b := subscriber(stack, props{
		Budget: &budget{
			Name: "Team Übersee", Amount: 1234.5, Currency: "EUR", Period: budgetsubscriber.PeriodQuarterly,
			CostFilters: map[string][]string{"Service": {"Amazon DynamoDB"}, "TagKeyValue": {"user:team$web"}},
			Thresholds:  []threshold{{Percent: 50}, {Percent: 100, Forecasted: true}, {Amount: 1200}},
		},
		EncryptionKey: awskms.Key_FromKeyArn(stack, jsii.String("Key"),
			jsii.String("arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555")),
		CostAnomalies: true,
		Recipients:    []recipient{{Name: "Ada", Email: "ada@example.com", Budget: "Team *"}, {Email: "ops@example.com"}},
		Sender:        "Hermes <alerts@example.com>",
		SenderIdentity: awsses.EmailIdentity_FromEmailIdentityName(stack, jsii.String("Identity"),
			jsii.String("example.com")),
		Templates: templates(t, map[string]string{"budget.subject.txt": "{{.Budget}}\n"}),
		Hub: notificationhub.FromNotificationHubAttributes(stack, jsii.String("Hub"), &notificationhub.NotificationHubAttributes{
			QueueArn: "arn:aws:sqs:eu-west-1:123456789012:intake",
		}),
		Room:                      "costs",
		Retry:                     budgetsubscriber.RetryPolicy{Retries: 5, MinDelay: 30 * time.Second, MaxDelay: 5 * time.Minute},
		AuthenticateOnUnsubscribe: true,
		ReceiptRetention:          30 * 24 * time.Hour,
		RemovalPolicy:             awscdk.RemovalPolicy_DESTROY,
		LogRetention:              awslogs.RetentionDays_ONE_WEEK,
		Dashboard:                 true,
		AlarmTopic:                awssns.NewTopic(stack, jsii.String("Alarms"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)}),
		Architecture:              awslambda.Architecture_X86_64(),
		Notify:                    budgetsubscriber.FunctionOptions{MemoryMB: 512, ReservedConcurrency: 2},
	})
	role := awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	})
	b.GrantPublish(role)
	return app, stack
}

// withoutEndpoint has SNS invoke the function.
func withoutEndpoint(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	p := simple()
	p.Protocol = budgetsubscriber.ProtocolLambda
	subscriber(stack, p)
	return app, stack
}

// encrypted gives every resource a key of the app, whose policy the golden template shows.
func encrypted(t *testing.T) (awscdk.App, awscdk.Stack) {
	t.Helper()
	app, stack := newStack(t)
	p := simple()
	p.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)})
	p.CostAnomalies = true
	subscriber(stack, p).GrantPublish(awsiam.NewRole(stack, jsii.String("Backend"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), nil),
	}))
	return app, stack
}

func TestSnapshots(t *testing.T) {
	for name, build := range map[string]func(*testing.T) (awscdk.App, awscdk.Stack){
		"minimal": minimal, "everything": everything, "lambda": withoutEndpoint, "encrypted": encrypted,
	} {
		t.Run("a subscriber with "+name, func(t *testing.T) {
			app, stack := build(t)
			snapshot.Check(t, name, app, stack)
		})
	}
}

// After the snapshots, whose resources the page counts.
func TestThePageListsWhatASubscriberMakes(t *testing.T) {
	_, stack := newStack(t)
	snapshot.Page(t, root+"/docs/constructs/budgetsubscriber.md", subscriber(stack, simple()), stack)
}
