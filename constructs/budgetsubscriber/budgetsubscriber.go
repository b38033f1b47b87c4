package budgetsubscriber

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// IBudgetSubscriber is a subscriber to publish to, whether this app made it or another did.
type IBudgetSubscriber interface {
	constructs.Construct

	// Topic is the topic to which budgets publish.
	Topic() awssns.ITopic

	// GrantPublish lets the grantee publish alerts to the topic, with its key if it has one.
	GrantPublish(grantee awsiam.IGrantable) awsiam.Grant

	// Metric is the topic's metric of that name. Default: the sum over five minutes.
	// https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
	Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricAlerts counts messages published to the topic.
	MetricAlerts(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDelivered counts messages that subscriptions have taken.
	MetricDelivered(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricFailed counts messages given up after every retry.
	MetricFailed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// BudgetSubscriber is a subscriber that this app made; its resources are within reach.
type BudgetSubscriber interface {
	IBudgetSubscriber

	// Budget is the budget, or nil.
	Budget() awsbudgets.CfnBudget
	// BudgetName is the budget's name on AWS, with its digest, or "".
	BudgetName() string

	// HttpApi is the API with the route POST /budget-subscriber, and Url where SNS posts; nil for ProtocolLambda.
	HttpApi() awsapigatewayv2.IHttpApi
	Url() *string

	Subscription() awssns.Subscription
	Function() awslambda.Function
	ReceiptsTable() awsdynamodb.ITable
	// DeadLetterQueue holds messages that were not delivered, and, with the attribute "error", those not understood.
	DeadLetterQueue() awssqs.IQueue
	// RedriveQueue takes dead letters that are to be tried again.
	RedriveQueue() awssqs.IQueue
	// SenderIdentity is the SES identity, or nil without recipients.
	SenderIdentity() awsses.IEmailIdentity

	// MetricBlocked counts mails that SES refused because the account is not set up for them: the sender is not verified or, in
	// the sandbox, the recipient. Each try counts.
	MetricBlocked(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDeadLetters is the number of dead letters. Default: the maximum over five minutes.
	MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// Alarms lists the alarms; none when they are disabled.
	Alarms() []awscloudwatch.Alarm
	// Dashboard is nil unless the prop asks for it.
	Dashboard() awscloudwatch.Dashboard
}

// budgetSubscriber is both kinds; an imported one has only the topic.
type budgetSubscriber struct {
	constructs.Construct

	topic awssns.ITopic

	props       *BudgetSubscriberProps
	ownTopic    awssns.Topic // nil for a topic that was given
	topicPolicy constructs.IDependable
	budget      awsbudgets.CfnBudget
	budgetName  string
	receipts    awsdynamodb.ITable
	deadLetters awssqs.IQueue
	redrive     awssqs.IQueue
	identity    awsses.IEmailIdentity
	// configurationSet is that of the alerts' mails; nil without recipients.
	configurationSet awsses.ConfigurationSet
	notify           awslambda.Function
	api              awsapigatewayv2.IHttpApi
	ownApi           awsapigatewayv2.HttpApi // nil for an API that was given
	stage            awsapigatewayv2.HttpStage
	route            awsapigatewayv2.HttpRoute
	url              *string
	subscription     awssns.Subscription
	alarms           []awscloudwatch.Alarm
	dashboard        awscloudwatch.Dashboard
}

var _ BudgetSubscriber = (*budgetSubscriber)(nil)

// NewBudgetSubscriber makes a subscriber. It panics with all validation errors of the props, and with the compiler's output
// if the function does not build.
func NewBudgetSubscriber(scope constructs.Construct, id *string, props *BudgetSubscriberProps) BudgetSubscriber {
	b := &budgetSubscriber{props: &BudgetSubscriberProps{}}
	if props != nil {
		copied := *props
		b.props = &copied
	}
	constructs.NewConstruct_Override(b, scope, id)
	b.props.validate(b.Node().Path())

	b.newTopic()
	b.newBudget()
	b.newReceipts()
	b.newQueues()
	b.newSender()
	b.newFunction()
	b.subscribe()
	b.newAlarms()
	b.newDashboard()
	b.explain()
	return b
}

// ToString names the subscriber in messages. jsii wants a type with an overridden method, and it must not call the embedded
// one.
func (b *budgetSubscriber) ToString() *string { return b.Node().Path() }

func (b *budgetSubscriber) stack() awscdk.Stack { return awscdk.Stack_Of(b) }

func (b *budgetSubscriber) removalPolicy() awscdk.RemovalPolicy {
	return resource.RemovalPolicy(b.props.RemovalPolicy)
}

func (b *budgetSubscriber) resources() resource.Options {
	return resource.Options{RemovalPolicy: b.removalPolicy(), Key: b.props.EncryptionKey}
}

func (b *budgetSubscriber) Topic() awssns.ITopic                  { return b.topic }
func (b *budgetSubscriber) Budget() awsbudgets.CfnBudget          { return b.budget }
func (b *budgetSubscriber) BudgetName() string                    { return b.budgetName }
func (b *budgetSubscriber) HttpApi() awsapigatewayv2.IHttpApi     { return b.api }
func (b *budgetSubscriber) Url() *string                          { return b.url }
func (b *budgetSubscriber) Subscription() awssns.Subscription     { return b.subscription }
func (b *budgetSubscriber) Function() awslambda.Function          { return b.notify }
func (b *budgetSubscriber) ReceiptsTable() awsdynamodb.ITable     { return b.receipts }
func (b *budgetSubscriber) DeadLetterQueue() awssqs.IQueue        { return b.deadLetters }
func (b *budgetSubscriber) RedriveQueue() awssqs.IQueue           { return b.redrive }
func (b *budgetSubscriber) SenderIdentity() awsses.IEmailIdentity { return b.identity }
func (b *budgetSubscriber) Alarms() []awscloudwatch.Alarm         { return slices.Clone(b.alarms) }
func (b *budgetSubscriber) Dashboard() awscloudwatch.Dashboard    { return b.dashboard }
