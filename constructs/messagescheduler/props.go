package messagescheduler

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"github.com/hermes-cdk/hermes/constructs/internal/lambdafn"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

// MessageSchedulerProps configures a scheduler. Sender or Hub is required; the zero value of every other field means its
// default. The scheduler never changes the props it is given.
type MessageSchedulerProps struct {
	// Sender is the From of the mails, e.g. "Hermes <no-reply@example.com>".
	// Default: none; no mail is sent, and messages are published in the rooms of Hub only.
	Sender string

	// SenderIdentity is the verified identity of SES under which Sender sends: its domain or its address.
	// Default: an identity for the address, which the constructs of the stack share, and to which SES sends a link to confirm.
	// An identity exists once an account and region: a second stack with the same sender must be given it.
	SenderIdentity awsses.IEmailIdentity

	// SandboxRecipients are the identities of SES, addresses or domains, to which an account in SES's sandbox may send: there
	// SES asks for the permission to send on the recipient's identity too, which must also be verified.
	// Default: none, as outside of the sandbox none is asked for.
	SandboxRecipients []string

	// ConfigurationSet of SES with which mails are sent. The scheduler adds a destination to it, by which it learns of
	// bounces and complaints, and suppresses those addresses.
	// Default: a new one.
	ConfigurationSet awsses.IConfigurationSet

	// SendRate bounds the mails a second of all senders together, 1 to 100,000; each keeps to its share.
	// Default: the account's rate, which the senders ask SES for, and to whose throttling they adapt.
	SendRate int

	// Hub takes messages for the channel "hub" and pushes them into the room named as the group.
	// Default: none; messages go by mail only.
	Hub notificationhub.INotificationHub

	// Bucket holds the content of messages, below BucketPrefix. Give it a lifecycle rule that expires objects with the
	// tag state=finished; the README shows one.
	// Default: a new one, private, encrypted, without versions, that keeps finished messages for Retention.
	Bucket awss3.IBucket

	// BucketProps changes the bucket that the scheduler makes; public access, plain http and access control lists stay
	// out whatever they say. Not together with Bucket.
	// Default: none.
	BucketProps *awss3.BucketProps

	// BucketPrefix stands before every key, e.g. "messages/". It ends with a slash.
	// Default: none.
	BucketPrefix string

	// ScheduleTable, SubscribersTable and DeliveriesTable are tables to use. A table of the app must have the keys, the indexes
	// and the expiry of the scheduler's own, listed in docs/constructs; an imported one, whose keys are not known, is taken at its word.
	// Default: new ones, on demand, with point-in-time recovery.
	ScheduleTable, SubscribersTable, DeliveriesTable awsdynamodb.ITable

	// DueQueue is a standard queue that carries messages until the second they are due, DeliveryQueue one for the mails to
	// send. Each must send what fails to its dead-letter queue, and be invisible for at least 6 s.
	// Default: new ones.
	DueQueue, DeliveryQueue awssqs.IQueue

	// DueDeadLetterQueue and DeliveryDeadLetterQueue take what could not be sent. Required with their queues.
	// Default: new ones, which keep messages for 14 days.
	DueDeadLetterQueue, DeliveryDeadLetterQueue awssqs.IQueue

	// SigningSecret holds the JSON object with which callers' tokens are signed and verified: signing_key, optionally
	// previous_signing_key during a rotation, and link_key for the links in mails, which must outlive rotations.
	// Default: a secret with a generated signing_key of 86 characters and a generated link_key.
	SigningSecret awssecretsmanager.ISecret

	// HttpApi gets the routes, at its root, and must have a stage named $default.
	// Default: a new one with such a stage and an access log.
	HttpApi awsapigatewayv2.IHttpApi

	// PublicUrl is where HttpApi is reached if not at its endpoint, e.g. "https://schedule.example.com". The links in
	// mails begin with it.
	// Default: the endpoint of the API.
	PublicUrl string

	// Authorizer replaces the scheduler's own on the routes that need one. It must judge the group, the first part of
	// the path, as the functions behind it do not.
	// Default: the scheduler's own, which checks a JWT HS512 with the claims exp and groups.
	Authorizer awsapigatewayv2.IHttpRouteAuthorizer

	// AllowUnauthenticated leaves the API open to everyone who can reach it. Not together with Authorizer.
	// Default: false.
	AllowUnauthenticated bool

	// AllowedOrigins lists web pages that may call the API, e.g. "https://app.example.com". Not together with HttpApi.
	// Default: none; browsers of other origins are refused.
	AllowedOrigins []string

	// ThrottleRate is the API's steady limit of requests a second, ThrottleBurst its burst. The routes that need no token
	// have lower ones of their own. Not together with HttpApi.
	// Default: 1,000 and 1,000.
	ThrottleRate  int
	ThrottleBurst int

	// DoubleOptIn sends new subscribers a mail with a link, and counts them in once they have followed it.
	// Default: false; the API's callers are trusted to have asked.
	DoubleOptIn bool

	// Retention keeps finished messages, their content and the results by subscriber. Whole seconds, at least a day.
	// Default: 30 days.
	Retention time.Duration

	// Shards splits each minute of due messages, 1 to 64; a partition takes 1,000 writes a second. It may grow; messages
	// that wait in a shard that is taken away stay there until it is back.
	// Default: 8.
	Shards int

	// EncryptionKey encrypts the bucket, the tables, the queues, the secrets that the scheduler makes and the log groups. Its policy
	// is given the statements that services need (CloudWatch Logs, Secrets Manager); the policy of an imported key must hold them
	// already: docs/constructs/README.md lists them.
	// Default: keys of AWS.
	EncryptionKey awskms.IKey

	// RemovalPolicy applies to the bucket, the tables, the queues, the secrets and the log groups. A bucket must be empty
	// to be deleted.
	// Default: RETAIN_ON_UPDATE_OR_DELETE: they stay, unless their creation is rolled back.
	RemovalPolicy awscdk.RemovalPolicy

	// LogRetention keeps the logs of the functions and of the API.
	// Default: one month.
	LogRetention awslogs.RetentionDays

	// AccessLogGroup takes the API's access log. Not together with HttpApi.
	// Default: a new one.
	AccessLogGroup awslogs.ILogGroup

	// LateAfter is how late a message may be sent without an alarm. Whole seconds.
	// Default: one minute.
	LateAfter time.Duration

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
	Authorize, Schedule, Subscribers, Dispatch, Expand, Deliver, Feedback FunctionOptions
}

// FunctionOptions tunes a function: memory, concurrency, code, architecture, environment, layers, VPC, tracing and logs, as
// CDK names them. MemoryMB is 256 by default; 512 for Schedule, Dispatch and Expand, which hold a
// message of 5 MB or thousands of keys; 1,024 for Deliver, which holds ten. Only Expand and Deliver read a queue; an instance of
// Deliver sends some 100 mails a second at most: set its MaxConcurrency to one for each hundred of your rate.
type FunctionOptions = lambdafn.Options

// MessageSchedulerAttributes describes a scheduler that another stack made. Only the fields that a grant or an accessor
// needs must be set; one that misses a field panics with the field's name.
type MessageSchedulerAttributes struct {
	// ApiUrl is the base of the API without a slash at its end, e.g. "https://schedule.example.com".
	ApiUrl string
	// SecretArn is the full ARN of the signing secret, for GrantSchedule. Leave it empty if an authorizer of yours judges
	// the callers.
	SecretArn string
	// SecretEncryptionKeyArn is the key of the secret, which GrantSchedule then lets the grantee use.
	// Default: the AWS managed key, which needs no grant.
	SecretEncryptionKeyArn string
	// MetricsName is the name under which the scheduler publishes metrics.
	// Default: none; the methods that give metrics of the scheduler's own then panic.
	MetricsName string
}
