// Package contract holds the names on which the MessageScheduler construct, its functions and its callers agree:
// environment variables, route keys, tables, queues, limits and metrics.
//
// It imports the standard library only, so that a CDK app, a Lambda function and a backend can all share it.
//
// # Functions and what invokes them
//
//	authorize    the HTTP API's authorizer: simple response, payload format 2.0, and no result cache, for it checks the group
//	schedule     RoutesSchedule, RouteOpenAPI
//	subscribers  RoutesSubscribers, RoutesLinks
//	dispatch     a rule, each Interval
//	expand       the due queue
//	deliver      the delivery queue
//	feedback     events of SES, see DetailTypes
//
// What each function may do is in constructs/messagescheduler/permissions.go, and in a table of its README.
package contract

import "time"

// Functions of the construct, in the order in which a message meets them. Each is a folder beside this package.
const (
	FunctionAuthorize   = "authorize"
	FunctionSchedule    = "schedule"
	FunctionSubscribers = "subscribers"
	FunctionDispatch    = "dispatch"
	FunctionExpand      = "expand"
	FunctionDeliver     = "deliver"
	FunctionFeedback    = "feedback"
)

// Environment variables of the functions. Each function reads only those it needs, once, at cold start.
const (
	EnvScheduleTable    = "HERMES_SCHEDULE_TABLE"    // schedule, subscribers, dispatch, expand
	EnvSubscribersTable = "HERMES_SUBSCRIBERS_TABLE" // schedule, subscribers, expand, feedback
	EnvDeliveriesTable  = "HERMES_DELIVERIES_TABLE"  // schedule, expand, deliver, feedback

	EnvBucket       = "HERMES_BUCKET"        // name; schedule, dispatch, expand, deliver
	EnvBucketPrefix = "HERMES_BUCKET_PREFIX" // optional; ends with "/" unless empty; the same functions

	EnvSecretARN = "HERMES_SECRET_ARN" // authorize, subscribers, deliver

	EnvDueQueueURL      = "HERMES_DUE_QUEUE_URL"                  // schedule, dispatch, expand
	EnvDueDeadURL       = "HERMES_DUE_DEAD_LETTER_QUEUE_URL"      // expand
	EnvDeliveryQueueURL = "HERMES_DELIVERY_QUEUE_URL"             // expand: optional, without it no mail is sent; deliver
	EnvDeliveryDeadURL  = "HERMES_DELIVERY_DEAD_LETTER_QUEUE_URL" // deliver
	EnvHubQueueURL      = "HERMES_HUB_QUEUE_URL"                  // expand: optional, the hub's intake queue

	EnvSender           = "HERMES_SENDER"            // deliver, subscribers: From, such as "Hermes <no-reply@example.com>"
	EnvConfigurationSet = "HERMES_CONFIGURATION_SET" // deliver, subscribers: optional, the SES configuration set
	EnvChannels         = "HERMES_CHANNELS"          // schedule: those that the scheduler serves, comma-separated: "email", "hub" or both
	EnvAPIURL           = "HERMES_API_URL"           // deliver, subscribers: base of the links in mails, no slash at its end
	EnvDoubleOptIn      = "HERMES_DOUBLE_OPT_IN"     // subscribers: "true" or unset

	EnvShards    = "HERMES_SHARDS"    // schedule, subscribers, dispatch, expand: 1 to MaxShards, as text
	EnvRetention = "HERMES_RETENTION" // schedule, expand, deliver, feedback: seconds that finished messages and results are kept

	EnvSendConcurrency = "HERMES_SEND_CONCURRENCY" // deliver: the most instances that run at once
	EnvSendRate        = "HERMES_SEND_RATE"        // deliver: optional, mails a second, of which each instance keeps to its share; unset adapts to SES

	EnvMetricsName = "HERMES_METRICS_NAME" // expand, deliver: value of MetricDimension
)

// Routes of the HTTP API that need a bearer token. {group} is decoded by API Gateway.
const (
	RouteCreate  = "POST /{group}/schedule"
	RouteList    = "GET /{group}/schedule"
	RouteGet     = "GET /{group}/schedule/{key}"
	RouteChange  = "PUT /{group}/schedule/{key}"
	RouteCancel  = "DELETE /{group}/schedule/{key}"
	RouteResults = "GET /{group}/schedule/{key}/results"

	RouteListSubscribers  = "GET /{group}/subscribers"
	RouteSubscribe        = "POST /{group}/subscribers"
	RouteRemoveSubscriber = "DELETE /{group}/subscribers/{subscriber}"
)

// Routes that need none: the document, and links in mails, which carry a signature of their own.
const (
	RouteOpenAPI         = "GET /openapi.json"
	RouteUnsubscribeForm = "GET /unsubscribe"
	RouteUnsubscribe     = "POST /unsubscribe" // RFC 8058
	RouteConfirmForm     = "GET /confirm"
	RouteConfirm         = "POST /confirm"
)

// RoutesSchedule are the routes of the function schedule behind the authorizer.
func RoutesSchedule() []string {
	return []string{RouteCreate, RouteList, RouteGet, RouteChange, RouteCancel, RouteResults}
}

// RoutesSubscribers are the routes of the function subscribers behind the authorizer.
func RoutesSubscribers() []string {
	return []string{RouteListSubscribers, RouteSubscribe, RouteRemoveSubscriber}
}

// RoutesLinks are the routes of the function subscribers without an authorizer.
func RoutesLinks() []string {
	return []string{RouteUnsubscribeForm, RouteUnsubscribe, RouteConfirmForm, RouteConfirm}
}

// Path parameters.
const (
	PathGroup      = "group"
	PathKey        = "key"
	PathSubscriber = "subscriber"
)

// AuthorizerIdentitySource makes API Gateway answer 401 itself when the header is missing.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
const AuthorizerIdentitySource = "$request.header.Authorization"

// Claims of a bearer token, beside exp.
const (
	ClaimGroups = "groups" // a list of names, or AllGroups alone
	AllGroups   = "*"
)

// Keys of the secret's JSON. SecretLinkKey is optional: it signs the links in mails, which must outlive rotations of
// the signing key; without it their key is derived from the signing key.
const (
	SecretSigningKey         = "signing_key"
	SecretPreviousSigningKey = "previous_signing_key"
	SecretLinkKey            = "link_key"
)

// Message attributes of a dead letter: why it was refused, and whether ("true") it would be refused again.
const (
	AttributeError     = "error"
	AttributePermanent = "permanent"
)

// EventBridge events of SES that the function feedback handles: source EventSource, one of DetailTypes. The
// configuration set sends them with the event destination EventBridge (default bus).
// https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
const EventSource = "aws.ses"

// DetailTypes are the events that feedback handles.
func DetailTypes() []string {
	return []string{"Email Sent", "Email Bounced", "Email Complaint Received", "Email Rejected"}
}

// Timeouts of the functions, and the settings of their queues that follow from them.
const (
	TimeoutAPI      = 29 * time.Second
	TimeoutDispatch = 55 * time.Second
	TimeoutWorker   = 6 * time.Second // expand, deliver

	// Visibility is how long a message waits whose worker was killed. AWS asks for 6 x the worker's timeout, so that a
	// throttled function does not use the receives up; ours is short, and there are many receives instead.
	// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
	Visibility = TimeoutWorker
	// MaxReceives of the due and the delivery queue. Workers count their own tries and send dead letters with a reason;
	// this bounds those that die each time.
	MaxReceives = 100
	// BatchSize of both event source mappings, without a batching window, with ReportBatchItemFailures.
	BatchSize = 10
)

// Metrics, in the embedded metric format on standard output.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const (
	MetricNamespace  = "Hermes/MessageScheduler"
	MetricDimension  = "Scheduler"
	MetricDue        = "Due"        // count: occurrences that were expanded
	MetricSent       = "Sent"       // count: mails that SES accepted
	MetricFailed     = "Failed"     // count: mails that failed permanently
	MetricBlocked    = "Blocked"    // count: mails that SES refused because the account is not set up for them, at each try
	MetricSuppressed = "Suppressed" // count: mails not sent because the address is suppressed
	MetricWaiting    = "Waiting"    // milliseconds from the due time to a mail's being put back because SES throttles
	MetricLateness   = "Lateness"   // milliseconds from the due time to the mail's or the hub's acceptance
)
