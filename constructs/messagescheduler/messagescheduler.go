package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// IMessageScheduler is a scheduler to schedule with and to watch, whether this app made it or another did.
type IMessageScheduler interface {
	constructs.Construct

	// ApiUrl is the base of the API without a slash at its end.
	ApiUrl() *string
	// ScheduleUrl is where messages are scheduled, with the group still to be put in: {ApiUrl}/{group}/schedule.
	ScheduleUrl() *string
	// SubscribersUrl is where subscribers are listed and added: {ApiUrl}/{group}/subscribers.
	SubscribersUrl() *string
	// Secret is the signing secret; nil for an imported scheduler without one.
	Secret() awssecretsmanager.ISecret
	// MetricsName is the value of the dimension Scheduler of the metrics.
	MetricsName() *string

	// GrantSchedule lets the grantee call the API: it may read the signing secret, with which it signs tokens for any
	// group. A function also gets HERMES_SCHEDULER_URL and HERMES_SCHEDULER_SECRET_ARN. Where an authorizer of yours
	// decides, or none does, the secret is of no use to callers, and the grantee gets the URL only.
	GrantSchedule(grantee awsiam.IGrantable, options ...GrantOptions) Grant

	// Metric is the metric of that name in the namespace Hermes/MessageScheduler. Default: the sum over five minutes.
	Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDue counts messages whose time came.
	MetricDue(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricSent counts mails that SES took.
	MetricSent(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricFailed counts mails that were given up.
	MetricFailed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricBlocked counts mails that SES refused because the account is not set up for them: the sender is not verified or, in
	// the sandbox, the recipient. Each try counts.
	MetricBlocked(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricSuppressed counts mails that were not sent because the address bounced or complained before.
	MetricSuppressed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricWaiting is how long in milliseconds after their time mails wait because SES throttles. Default: the maximum over
	// five minutes.
	MetricWaiting(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricLateness is the time in milliseconds between a message's time and its sending. Default: the maximum over five
	// minutes.
	MetricLateness(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// MessageScheduler is a scheduler that this app made; its resources are within reach.
type MessageScheduler interface {
	IMessageScheduler

	HttpApi() awsapigatewayv2.IHttpApi
	// Stage is nil when the API is one of yours.
	Stage() awsapigatewayv2.HttpStage

	Bucket() awss3.IBucket
	ScheduleTable() awsdynamodb.ITable
	SubscribersTable() awsdynamodb.ITable
	DeliveriesTable() awsdynamodb.ITable

	// DueQueue carries messages until the second they are due; DueDeadLetterQueue those that could not be expanded.
	DueQueue() awssqs.IQueue
	DueDeadLetterQueue() awssqs.IQueue
	// DeliveryQueue carries one message a subscriber; DeliveryDeadLetterQueue those that failed too often. These and what
	// follows of mail are nil without a sender.
	DeliveryQueue() awssqs.IQueue
	DeliveryDeadLetterQueue() awssqs.IQueue

	SenderIdentity() awsses.IEmailIdentity
	ConfigurationSet() awsses.IConfigurationSet
	// DispatchRule runs the dispatch function each minute; FeedbackRule takes the events of SES.
	DispatchRule() awsevents.Rule
	FeedbackRule() awsevents.Rule

	// AuthorizeFunction is nil when an authorizer of yours stands in its place, or none.
	AuthorizeFunction() awslambda.Function
	ScheduleFunction() awslambda.Function
	SubscribersFunction() awslambda.Function
	DispatchFunction() awslambda.Function
	ExpandFunction() awslambda.Function
	DeliverFunction() awslambda.Function
	FeedbackFunction() awslambda.Function

	// MetricDeadLetters is the number of messages that could not be sent to anyone. Default: the maximum over five minutes.
	MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDeliveryDeadLetters is the number of deliveries that were given up. Default: the maximum over five minutes.
	MetricDeliveryDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// Alarms lists the scheduler's alarms; none when they are disabled.
	Alarms() []awscloudwatch.Alarm
	// Dashboard is nil unless the prop asks for it.
	Dashboard() awscloudwatch.Dashboard
}

// messageScheduler is both kinds of scheduler; an imported one has only the first group of fields, as far as it was given
// them. One struct serves both because jsii accepts no embedded struct beside the construct.
type messageScheduler struct {
	constructs.Construct

	url         *string
	secret      awssecretsmanager.ISecret
	metricsName *string
	authorizes  bool // tokens are what lets callers in

	props            *MessageSchedulerProps
	api              awsapigatewayv2.IHttpApi
	stage            awsapigatewayv2.HttpStage
	bucket           awss3.IBucket
	tables           tables
	queues           queues
	identity         awsses.IEmailIdentity
	configurationSet awsses.IConfigurationSet
	rules            rules
	functions        map[string]awslambda.Function
	routes           map[string]awsapigatewayv2.HttpRoute
	alarms           []awscloudwatch.Alarm
	dashboard        awscloudwatch.Dashboard
}

var _ MessageScheduler = (*messageScheduler)(nil)

// NewMessageScheduler makes a scheduler. It panics with all validation errors of the props, and with the compiler's output
// if the functions do not build.
func NewMessageScheduler(scope constructs.Construct, id *string, props *MessageSchedulerProps) MessageScheduler {
	s := &messageScheduler{props: &MessageSchedulerProps{}}
	if props != nil {
		copied := *props
		s.props = &copied
	}
	constructs.NewConstruct_Override(s, scope, id)
	s.props.validate(s.Node().Path())
	p := s.props
	p.Functions.Spread(&p.Authorize, &p.Schedule, &p.Subscribers, &p.Dispatch, &p.Expand, &p.Deliver, &p.Feedback)

	s.authorizes = s.props.authorizes()
	s.metricsName = awscdk.Names_UniqueResourceName(s, &awscdk.UniqueResourceNameOptions{})
	s.secret = s.newSecret()
	s.bucket = s.newBucket()
	s.tables = s.newTables()
	s.queues = s.newQueues()
	s.newSender()
	s.newApi()
	s.newFunctions()
	s.newRoutes()
	s.newRules()
	s.allowFunctions()
	s.newAlarms()
	s.newDashboard()
	s.explain()
	return s
}

// ToString names the scheduler in messages. jsii wants a type with an overridden method, and it must not call the embedded
// one.
func (s *messageScheduler) ToString() *string { return s.Node().Path() }

func (s *messageScheduler) removalPolicy() awscdk.RemovalPolicy {
	return resource.RemovalPolicy(s.props.RemovalPolicy)
}

func (s *messageScheduler) resources() resource.Options {
	return resource.Options{RemovalPolicy: s.removalPolicy(), Key: s.props.EncryptionKey}
}
