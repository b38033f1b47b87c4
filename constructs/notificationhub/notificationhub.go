package notificationhub

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// INotificationHub is a hub to connect to, publish into and manage, whether this app made it or another did.
type INotificationHub interface {
	constructs.Construct

	// WebSocketUrl is where clients connect: wss://{custom domain}, or wss://{api}.execute-api.{region}.amazonaws.com/{stage}.
	WebSocketUrl() *string
	// ManagementEndpoint is the base of the @connections API: https://{api}.execute-api.{region}.amazonaws.com/{stage},
	// also behind a custom domain.
	ManagementEndpoint() *string
	// Queue is the intake queue.
	Queue() awssqs.IQueue
	// TokensTable holds the second factor of each user and room.
	TokensTable() awsdynamodb.ITable
	// Secret is the signing secret.
	Secret() awssecretsmanager.ISecret

	// GrantPublish lets the grantee send messages into the intake queue. A function also gets HERMES_QUEUE_URL. Like every
	// grant it panics if the function has that variable from another construct, unless the options name a prefix.
	GrantPublish(grantee awsiam.IGrantable, options ...GrantOptions) Grant
	// GrantIssueTokens lets the grantee read the signing secret, and store and revoke tokens. A function also gets
	// HERMES_SECRET_ARN and HERMES_TOKENS_TABLE.
	GrantIssueTokens(grantee awsiam.IGrantable, options ...GrantOptions) Grant
	// GrantManageConnections lets the grantee post to, look up and close connections. A function also gets
	// HERMES_MANAGEMENT_ENDPOINT.
	GrantManageConnections(grantee awsiam.IGrantable, options ...GrantOptions) Grant

	// Metric is the API's metric of that name, by stage. Default: the sum over five minutes.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
	Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricsName is the value of the dimension Hub of the metrics below that the functions write; their namespace is
	// Hermes/NotificationHub.
	MetricsName() *string
	// MetricPublications counts messages that were numbered and kept.
	MetricPublications(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDeliveries counts messages that reached a connection.
	MetricDeliveries(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricDeliveryLag is the time in milliseconds from a message's being queued to the last post of its delivery.
	// Default: the 99th percentile over five minutes.
	MetricDeliveryLag(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricPosts counts requests to @connections.
	MetricPosts(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricGone counts connections that were found closed (410).
	MetricGone(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricThrottled counts posts that API Gateway throttled (429).
	MetricThrottled(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricHistoryReads counts questions for history.
	MetricHistoryReads(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricResets counts answers that say that messages cannot be had any more.
	MetricResets(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricRefusedTokens counts handshakes that were denied. The log of authorize says why.
	MetricRefusedTokens(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricColdStarts counts starts of functions' processes.
	MetricColdStarts(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricConnections is the average number of live connections, which API Gateway has no metric of: the seconds that the
	// connections which ended have lived, by the seconds of the period. It is right where connections come and go evenly,
	// and follows with a delay of about their life.
	MetricConnections(props *awscloudwatch.MathExpressionOptions) awscloudwatch.MathExpression
	// MetricConnects counts connections begun.
	MetricConnects(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricMessages counts messages to and from clients.
	MetricMessages(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricClientErrors counts requests that API Gateway refused.
	MetricClientErrors(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricIntegrationErrors counts requests that a function failed.
	MetricIntegrationErrors(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricBacklog is the number of messages waiting in the intake queue. Default: the maximum over five minutes.
	MetricBacklog(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// MetricOldestMessageAge is the age in seconds of the intake's oldest message. Default: the maximum over five minutes.
	MetricOldestMessageAge(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
}

// NotificationHub is a hub that this app made; its resources are within reach.
type NotificationHub interface {
	INotificationHub

	Api() awsapigatewayv2.IWebSocketApi
	Stage() awsapigatewayv2.WebSocketStage
	// DomainName is the custom domain, or nil.
	DomainName() awsapigatewayv2.DomainName

	ConnectionsTable() awsdynamodb.ITable
	RoomsTable() awsdynamodb.ITable
	MessagesTable() awsdynamodb.ITable

	// DeadLetterQueue holds intake messages that were refused (attribute "error") or failed too often.
	DeadLetterQueue() awssqs.IQueue
	// FanoutQueue carries chunks of large rooms; FanoutDeadLetterQueue those that could not be delivered.
	FanoutQueue() awssqs.IQueue
	FanoutDeadLetterQueue() awssqs.IQueue

	// AuthorizeFunction is nil when an authorizer of yours stands in its place.
	AuthorizeFunction() awslambda.Function
	ConnectFunction() awslambda.Function
	DisconnectFunction() awslambda.Function
	SendFunction() awslambda.Function
	DefaultFunction() awslambda.Function
	BroadcastFunction() awslambda.Function
	DeliverFunction() awslambda.Function

	// MetricQuotaUsed is the percentage of ConnectionsQuota that the hub's posts use, on average over the period.
	MetricQuotaUsed(props *awscloudwatch.MathExpressionOptions) awscloudwatch.MathExpression
	// MetricDeadLetters is the number of dead letters of the intake. Default: the maximum over five minutes.
	MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric
	// Alarms lists the hub's alarms; none when they are disabled.
	Alarms() []awscloudwatch.Alarm
	// Dashboard is nil unless the prop asks for it.
	Dashboard() awscloudwatch.Dashboard
}

// notificationHub is both kinds of hub; an imported one has only the first group of fields, as far as it was given them.
// One struct serves both because jsii accepts no embedded struct beside the construct.
type notificationHub struct {
	constructs.Construct

	url        *string
	management *string
	apiID      *string
	stageName  *string
	region     string // of an imported hub; "" for the stack's
	queue      awssqs.IQueue
	tokens     awsdynamodb.ITable
	secret     awssecretsmanager.ISecret

	metricsName *string

	props     *NotificationHubProps
	api       awsapigatewayv2.IWebSocketApi
	ownApi    awsapigatewayv2.WebSocketApi // nil for an API that was given
	stage     awsapigatewayv2.WebSocketStage
	domain    awsapigatewayv2.DomainName
	tables    tables
	queues    queues
	functions map[string]awslambda.Function
	alarms    []awscloudwatch.Alarm
	dashboard awscloudwatch.Dashboard
}

var _ NotificationHub = (*notificationHub)(nil)

// NewNotificationHub makes a hub. Nil props are all defaults. It panics with all validation errors of the props, and with
// the compiler's output if the functions do not build.
func NewNotificationHub(scope constructs.Construct, id *string, props *NotificationHubProps) NotificationHub {
	h := &notificationHub{props: &NotificationHubProps{}}
	if props != nil {
		copied := *props
		h.props = &copied
	}
	constructs.NewConstruct_Override(h, scope, id)
	h.props.validate(h.Node().Path())
	p := h.props
	p.Functions.Spread(&p.Authorize, &p.Connect, &p.Disconnect, &p.Send, &p.Default, &p.Broadcast, &p.Deliver)

	h.metricsName = awscdk.Names_UniqueResourceName(h, &awscdk.UniqueResourceNameOptions{})
	h.secret = h.newSecret()
	h.tables = h.newTables()
	h.tokens = h.tables.tokens
	h.queues = h.newQueues()
	h.queue = h.queues.intake
	h.newFunctions()
	h.newApi()
	h.allowFunctions()
	h.newAlarms()
	h.newDashboard()
	h.explain()
	return h
}

// ToString names the hub in messages. jsii wants a type with an overridden method, and it must not call the embedded one.
func (h *notificationHub) ToString() *string { return h.Node().Path() }

func (h *notificationHub) removalPolicy() awscdk.RemovalPolicy {
	return resource.RemovalPolicy(h.props.RemovalPolicy)
}

func (h *notificationHub) resources() resource.Options {
	return resource.Options{RemovalPolicy: h.removalPolicy(), Key: h.props.EncryptionKey}
}

func (h *notificationHub) Api() awsapigatewayv2.IWebSocketApi     { return h.api }
func (h *notificationHub) Stage() awsapigatewayv2.WebSocketStage  { return h.stage }
func (h *notificationHub) DomainName() awsapigatewayv2.DomainName { return h.domain }
func (h *notificationHub) ConnectionsTable() awsdynamodb.ITable   { return h.tables.connections }
func (h *notificationHub) RoomsTable() awsdynamodb.ITable         { return h.tables.rooms }
func (h *notificationHub) MessagesTable() awsdynamodb.ITable      { return h.tables.messages }
func (h *notificationHub) DeadLetterQueue() awssqs.IQueue         { return h.queues.dead }
func (h *notificationHub) FanoutQueue() awssqs.IQueue             { return h.queues.fanout }
func (h *notificationHub) FanoutDeadLetterQueue() awssqs.IQueue   { return h.queues.fanoutDead }
func (h *notificationHub) Alarms() []awscloudwatch.Alarm          { return slices.Clone(h.alarms) }
func (h *notificationHub) Dashboard() awscloudwatch.Dashboard     { return h.dashboard }

func (h *notificationHub) AuthorizeFunction() awslambda.Function {
	return h.functions[contract.FunctionAuthorize]
}

func (h *notificationHub) ConnectFunction() awslambda.Function {
	return h.functions[contract.FunctionConnect]
}

func (h *notificationHub) DisconnectFunction() awslambda.Function {
	return h.functions[contract.FunctionDisconnect]
}

func (h *notificationHub) SendFunction() awslambda.Function {
	return h.functions[contract.FunctionSend]
}

func (h *notificationHub) DefaultFunction() awslambda.Function {
	return h.functions[contract.FunctionDefault]
}

func (h *notificationHub) BroadcastFunction() awslambda.Function {
	return h.functions[contract.FunctionBroadcast]
}

func (h *notificationHub) DeliverFunction() awslambda.Function {
	return h.functions[contract.FunctionDeliver]
}
