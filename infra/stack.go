package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/budgetsubscriber"
	"github.com/hermes-cdk/hermes/constructs/messagescheduler"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// newStack composes the constructs of one stage into the stack Hermes-<stage>.
func newStack(scope constructs.Construct, stage Stage) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String("Hermes-"+stage.Name), &awscdk.StackProps{
		Description: jsii.String("Hermes: notifications in real time, stage " + stage.Name),
	})
	alarms, key := newAlarmTopic(stack, stage), newKey(stack, stage)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{
		StageName:        stage.Name,
		RemovalPolicy:    stage.RemovalPolicy,
		EncryptionKey:    key,
		LogRetention:     stage.LogRetention,
		HistoryRetention: stage.HistoryRetention,
		IntakeRetention:  stage.IntakeRetention,
		ThrottleRate:     stage.ThrottleRate,
		ThrottleBurst:    stage.ThrottleBurst,
		ConnectionsQuota: stage.ConnectionsQuota,
		AllowedOrigins:   stage.AllowedOrigins,
		DisableAlarms:    !stage.Alarms,
		Dashboard:        stage.Dashboards,
		AlarmTopic:       alarms,
		CustomDomain:     customDomain(stack, stage.Domain),
		Architecture:     stage.Architecture,
	})
	output(stack, "WebSocketUrl", hub.WebSocketUrl(), "Where clients connect")
	output(stack, "QueueUrl", hub.Queue().QueueUrl(), "Where backends publish")
	output(stack, "TokensTableName", hub.TokensTable().TableName(), "Where issuers store second factors")
	output(stack, "SecretArn", hub.Secret().SecretArn(), "Signing secret of the tokens")
	if stage.Console {
		output(stack, "ConsoleUrl", newConsole(stack, stage, hub.WebSocketUrl()), "The console page")
	}
	output(stack, "HubDeadLetterQueueUrl", hub.DeadLetterQueue().QueueUrl(), "Messages that were refused or failed")
	output(stack, "FanoutQueueUrl", hub.FanoutQueue().QueueUrl(), "Chunks of large rooms about to be delivered")
	output(stack, "FanoutDeadLetterQueueUrl", hub.FanoutDeadLetterQueue().QueueUrl(), "Chunks that were not delivered")
	newBudget(stack, stage, hub, alarms, key)
	newScheduler(stack, stage, hub, alarms, key)
	return stack
}

// newBudget watches what the stage costs. Every alert is published in the hub; e-mail needs a sender.
func newBudget(stack awscdk.Stack, stage Stage, hub notificationhub.INotificationHub, alarms awssns.ITopic, key awskms.IKey) {
	budget := budgetsubscriber.NewBudgetSubscriber(stack, jsii.String("Budget"), &budgetsubscriber.BudgetSubscriberProps{
		Budget:            &budgetsubscriber.Budget{Amount: stage.Budget.Amount, Thresholds: stage.Budget.Thresholds},
		Sender:            stage.Budget.Sender,
		SenderIdentity:    identity(stack, "BudgetSenderIdentity", stage.Budget.SenderIdentity),
		SandboxRecipients: sandbox(stage, stage.Budget.Sender),
		Recipients:        stage.Budget.Recipients,
		Hub:               hub,
		Retry:             stage.Budget.Retry,
		RemovalPolicy:     stage.RemovalPolicy,
		EncryptionKey:     key,
		LogRetention:      stage.LogRetention,
		DisableAlarms:     !stage.Alarms,
		Dashboard:         stage.Dashboards,
		AlarmTopic:        alarms,
		Architecture:      stage.Architecture,
	})
	output(stack, "BudgetTopicArn", budget.Topic().TopicArn(), "Where budgets publish alerts")
	output(stack, "BudgetUrl", budget.Url(), "Where SNS delivers alerts")
	output(stack, "BudgetDeadLetterQueueUrl", budget.DeadLetterQueue().QueueUrl(), "Alerts that were not delivered")
	output(stack, "BudgetRedriveQueueUrl", budget.RedriveQueue().QueueUrl(), "Where dead letters are tried again")
}

// newScheduler sends messages at their time, by e-mail and into the hub's rooms.
func newScheduler(stack awscdk.Stack, stage Stage, hub notificationhub.INotificationHub, alarms awssns.ITopic, key awskms.IKey) {
	scheduler := messagescheduler.NewMessageScheduler(stack, jsii.String("Scheduler"), &messagescheduler.MessageSchedulerProps{
		Sender:            stage.Sender,
		SenderIdentity:    identity(stack, "SenderIdentity", stage.SenderIdentity),
		SandboxRecipients: sandbox(stage, stage.Sender),
		Hub:               hub,
		BucketProps:       bucketProps(stage),
		AllowedOrigins:    stage.AllowedOrigins,
		ThrottleRate:      stage.ThrottleRate,
		ThrottleBurst:     stage.ThrottleBurst,
		Retention:         stage.ScheduleRetention,
		RemovalPolicy:     stage.RemovalPolicy,
		EncryptionKey:     key,
		LogRetention:      stage.LogRetention,
		DisableAlarms:     !stage.Alarms,
		Dashboard:         stage.Dashboards,
		AlarmTopic:        alarms,
		Architecture:      stage.Architecture,
	})
	output(stack, "ApiUrl", scheduler.ApiUrl(), "Base of the scheduler's API; openapi.json describes it")
	output(stack, "ScheduleMessage", scheduler.ScheduleUrl(), "Where messages are scheduled (POST) and listed (GET)")
	output(stack, "SubscribersList", scheduler.SubscribersUrl(), "Where subscribers are listed (GET) and added (POST)")
	output(stack, "SchedulerSecretArn", scheduler.Secret().SecretArn(), "Signing secret of the API's tokens")
	output(stack, "ScheduleTableName", scheduler.ScheduleTable().TableName(), "Messages and their times")
	output(stack, "SubscribersTableName", scheduler.SubscribersTable().TableName(), "Subscribers of each group")
	output(stack, "DeliveriesTableName", scheduler.DeliveriesTable().TableName(), "What became of each message, by subscriber")
	output(stack, "ScheduleBucketName", scheduler.Bucket().BucketName(), "Content of messages")
	output(stack, "DueQueueUrl", scheduler.DueQueue().QueueUrl(), "Messages about to be due")
	output(stack, "DueDeadLetterQueueUrl", scheduler.DueDeadLetterQueue().QueueUrl(), "Messages that could not be sent to anyone")
	if stage.Sender == "" {
		return
	}
	output(stack, "DeliveryQueueUrl", scheduler.DeliveryQueue().QueueUrl(), "Mails about to be sent")
	output(stack, "DeliveryDeadLetterQueueUrl", scheduler.DeliveryDeadLetterQueue().QueueUrl(), "Mails that failed too often")
}

// newKey makes the key of a stage that is encrypted with one; nil for another.
func newKey(stack awscdk.Stack, stage Stage) awskms.IKey {
	if !stage.Encrypted {
		return nil
	}
	return awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts what Hermes keeps, stage " + stage.Name),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     stage.RemovalPolicy,
	})
}

// bucketProps has the bucket's objects go with the stage where everything else does: CloudFormation deletes no bucket that
// holds something. It takes CDK's custom resource, a function on Node, whose permissions CDK writes with stars; they are on
// this one bucket, and a function of our own would be more code for the same. Stage local runs no managed runtime, and
// deletes its data itself.
func bucketProps(stage Stage) *awss3.BucketProps {
	if stage.RemovalPolicy != awscdk.RemovalPolicy_DESTROY || stage.Name == "local" {
		return nil
	}
	return &awss3.BucketProps{AutoDeleteObjects: jsii.Bool(true)}
}

// identity refers to the identity of that name, which somebody has verified; nil for "".
func identity(stack awscdk.Stack, id, name string) awsses.IEmailIdentity {
	if name == "" {
		return nil
	}
	return awsses.EmailIdentity_FromEmailIdentityName(stack, jsii.String(id), jsii.String(name))
}

// sandbox is to whom a construct with that sender may send; nobody where it has none and sends no mail.
func sandbox(stage Stage, sender string) []string {
	if sender == "" {
		return nil
	}
	return stage.SandboxRecipients
}

func customDomain(stack awscdk.Stack, domain *Domain) *notificationhub.CustomDomain {
	if domain == nil {
		return nil
	}
	return &notificationhub.CustomDomain{
		DomainName: domain.Name,
		Certificate: awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"),
			jsii.String(domain.CertificateARN)),
		HostedZone: awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"),
			&awsroute53.HostedZoneAttributes{
				HostedZoneId: jsii.String(domain.HostedZoneID),
				ZoneName:     jsii.String(domain.ZoneName),
			}),
	}
}

func output(stack awscdk.Stack, name string, value *string, description string) {
	awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{Value: value, Description: jsii.String(description)})
}
