package notificationhub

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"github.com/hermes-cdk/hermes/constructs/internal/lambdafn"
)

// NotificationHubProps configures a hub. The zero value of every field means its default, and nil props are all defaults.
// The hub never changes the props it is given.
type NotificationHubProps struct {
	// SigningSecret holds the JSON object with which tokens are signed and verified: signing_key, optionally
	// previous_signing_key during a rotation, and passcode for classic tokens.
	// Default: a secret with a generated signing_key of 86 characters and a generated passcode.
	SigningSecret awssecretsmanager.ISecret

	// Authorizer replaces the hub's JWT authorizer on $connect. Its context must carry user_id and room_id; protocol,
	// "hermes.v1" or "", says which frames the connection understands. The Tokens table and the secret are made all
	// the same, so that a hub can go back.
	// Default: the hub's own, which checks a JWT HS512 and its second factor.
	Authorizer awsapigatewayv2.IWebSocketRouteAuthorizer

	// StageName names the API's stage, the last part of the WebSocket URL.
	// Default: "live".
	StageName string

	// ThrottleRate is the stage's steady limit of messages a second, ThrottleBurst its burst. The account's own limit
	// of 10,000 and 5,000, shared by all its APIs, stands above both.
	// Default: 1,000 and 1,000.
	ThrottleRate  int
	ThrottleBurst int

	// ConnectionsQuota is the account's quota of requests to API Gateway in the region, in requests a second: every delivery
	// is one, and so are connects and the requests of every other API. AWS raises it on request; in some regions it is 2,500.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
	// Default: 10,000.
	ConnectionsQuota int

	// ConnectionsShare is the part of ConnectionsQuota in percent, 1 to 100, that deliveries take at most: two thirds of it
	// Deliver, for large rooms, one third Broadcast, for small ones; the instances of each share their part. The rest is left
	// to connects and other APIs, which would otherwise be throttled meanwhile.
	// Default: 70.
	ConnectionsShare int

	// AllowedOrigins lists the values of the Origin header that may connect, e.g. "https://app.example.com".
	// Default: every origin; the token is the credential, and it is never sent by a browser on its own.
	AllowedOrigins []string

	// CustomDomain serves the hub at a name of yours, so that the client's URL outlives the API's id.
	// Default: the execute-api URL.
	CustomDomain *CustomDomain

	// IntakeVisibilityTimeout is how long the function broadcast may take, and how long a message waits whose invocation was
	// killed; a failure that the function catches is retried sooner. A room of more than some 100,000 connections takes
	// longer than the default to be read and queued. Whole seconds, at least 4 s, at most 15 minutes.
	// Default: 4 seconds.
	IntakeVisibilityTimeout time.Duration

	// IntakeMaxReceiveCount is how often a message is tried before it goes to the dead-letter queue, 1 to 1,000.
	// Default: 100, which outlasts an outage of half an hour.
	IntakeMaxReceiveCount int

	// IntakeRetention keeps unhandled messages, 1 minute to 14 days. Dead letters are kept for 14 days.
	// Default: 4 days.
	IntakeRetention time.Duration

	// ConnectionRetention removes connection rows that a lost $disconnect left behind. API Gateway ends a connection
	// after two hours, so less than that would silence live ones.
	// Default: 2 hours 10 minutes.
	ConnectionRetention time.Duration

	// HistoryRetention keeps messages for clients that reconnect. Whole seconds.
	// Default: 24 hours.
	HistoryRetention time.Duration

	// DisableHistory keeps no messages; a client that was away cannot recover what it missed.
	// Default: false.
	DisableHistory bool

	// EncryptionKey encrypts the tables, the queues, the secrets that the hub makes and the log groups. Its policy
	// is given the statements that services need (CloudWatch Logs, Secrets Manager); the policy of an imported key must hold them
	// already: docs/constructs/README.md lists them.
	// Default: keys of AWS.
	EncryptionKey awskms.IKey

	// ConnectionsTable, RoomsTable, MessagesTable and TokensTable are tables to use. A table of the app must have the keys, the
	// index and the expiry of the hub's own, listed in docs/constructs; an imported one, whose keys are not known, is taken at its word.
	// Default: new ones, on demand, with point-in-time recovery.
	ConnectionsTable, RoomsTable, MessagesTable, TokensTable awsdynamodb.ITable

	// IntakeQueue is a standard queue to take publications from. It must send what fails to DeadLetterQueue, and be invisible
	// for as long as Broadcast may take, IntakeVisibilityTimeout.
	// Default: a new one.
	IntakeQueue awssqs.IQueue

	// DeadLetterQueue takes messages that were refused or failed too often. Required with IntakeQueue.
	// Default: a new one, which keeps them for 14 days.
	DeadLetterQueue awssqs.IQueue

	// FanoutQueue is a standard queue for chunks of large rooms, invisible for at least 4 s. It must send what fails to
	// FanoutDeadLetterQueue.
	// Default: a new one.
	FanoutQueue awssqs.IQueue

	// FanoutDeadLetterQueue takes chunks that were not delivered. Required with FanoutQueue.
	// Default: a new one, which keeps them for 14 days.
	FanoutDeadLetterQueue awssqs.IQueue

	// WebSocketApi gets the routes and a stage named StageName. Its route selection expression must be $request.body.action.
	// Default: a new one.
	WebSocketApi awsapigatewayv2.IWebSocketApi

	// RemovalPolicy applies to the tables, the queues, the secret and the log groups.
	// Default: RETAIN_ON_UPDATE_OR_DELETE: they stay, unless their creation is rolled back.
	RemovalPolicy awscdk.RemovalPolicy

	// LogRetention keeps the functions' logs.
	// Default: one month.
	LogRetention awslogs.RetentionDays

	// AccessLogs has the API's stage log each connect, message and disconnect, without query strings and headers, in which tokens
	// are. API Gateway writes them with a role that is set once an account and region (awsapigateway.CfnAccount), which is not a
	// construct's to change: without it the deployment fails.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
	// Default: false; the functions log every connection and message.
	AccessLogs bool

	// AccessLogGroup takes the access log, and switches AccessLogs on.
	// Default: a new one.
	AccessLogGroup awslogs.ILogGroup

	// AlarmTopic is notified when an alarm fires and when it ends.
	// Default: none; alarms are shown in CloudWatch only.
	AlarmTopic awssns.ITopic

	// DisableAlarms makes no alarms.
	// Default: false.
	DisableAlarms bool

	// Dashboard makes a CloudWatch dashboard: is it well, how fast is it, how much does it do, what is stuck, what does it cost. The
	// first three of an account are free, each other is 3 USD a month.
	// Default: false.
	Dashboard bool

	// Functions tunes all functions, e.g. puts them into a VPC. What a function's own options set takes precedence.
	// Default: see FunctionOptions.
	Functions FunctionOptions

	// Architecture of the functions.
	// Default: ARM_64.
	Architecture awslambda.Architecture

	// Options of each function.
	// Default: see FunctionOptions.
	Authorize, Connect, Disconnect, Send, Default, Broadcast, Deliver FunctionOptions
}

// FunctionOptions tunes a function: memory, concurrency, code, architecture, environment, layers, VPC, tracing and logs, as
// CDK names them. MemoryMB is 256 by default, and 1,024 for Broadcast and Deliver, which sign and
// send thousands of requests. Only these two read a queue.
type FunctionOptions = lambdafn.Options

// CustomDomain is a name for the hub. The hub makes the API's domain name, its mapping, and A and AAAA alias records.
type CustomDomain struct {
	// DomainName is the full name, e.g. "push.example.com". Required.
	DomainName string

	// Certificate covers DomainName and lies in the hub's region. Required.
	Certificate awscertificatemanager.ICertificate

	// HostedZone holds DomainName. Required.
	HostedZone awsroute53.IHostedZone
}

// NotificationHubAttributes describes a hub that another stack made. Only the fields that a grant or an accessor needs
// must be set; one that misses a field panics with the field's name.
type NotificationHubAttributes struct {
	// WebSocketUrl is where clients connect, e.g. "wss://push.example.com".
	WebSocketUrl string
	// ApiId and StageName name the WebSocket API, for GrantManageConnections and ManagementEndpoint.
	ApiId     string
	StageName string
	// QueueArn is the intake queue, for GrantPublish.
	QueueArn string
	// QueueEncryptionKeyArn is the key of the intake queue, which GrantPublish then lets the grantee use.
	// Default: a key of SQS, which needs no grant.
	QueueEncryptionKeyArn string
	// TokensTableArn and SecretArn are for GrantIssueTokens. SecretArn is the full ARN.
	TokensTableArn string
	SecretArn      string
	// TokensTableEncryptionKeyArn and SecretEncryptionKeyArn are the keys of table and secret, which GrantIssueTokens then
	// lets the grantee use.
	// Default: keys of AWS, which need no grant.
	TokensTableEncryptionKeyArn string
	SecretEncryptionKeyArn      string
	// MetricsName is the name under which the hub publishes metrics.
	// Default: none; the methods that give metrics of the hub's own then panic.
	MetricsName string
	// Region is where the API is.
	// Default: that of QueueArn, or else the stack's.
	Region string
}
