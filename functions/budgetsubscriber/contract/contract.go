// Package contract holds the names on which the BudgetSubscriber construct, its function and its users agree:
// environment variables, the route, table attributes, the form of an alert and the templates of its e-mail.
//
// It imports the standard library only, so that a CDK app, a Lambda function and a backend can all share it.
package contract

import "time"

// FunctionNotify is the construct's one function, a folder beside this package.
const FunctionNotify = "notify"

// Environment variables of the function, which reads them once, at cold start.
const (
	EnvTopicARN         = "HERMES_TOPIC_ARN"                   // the one topic whose messages are accepted
	EnvSignatureVersion = "HERMES_SIGNATURE_VERSION"           // least version of a signature, "1" or "2"
	EnvReceiptsTable    = "HERMES_RECEIPTS_TABLE"              // name of the Receipts table
	EnvReceiptTTL       = "HERMES_RECEIPT_TTL"                 // seconds a receipt is kept
	EnvDeadLetterURL    = "HERMES_DEAD_LETTER_QUEUE_URL"       // URL of the queue for messages that are not understood
	EnvSender           = "HERMES_SENDER"                      // "From" of the e-mail; empty or unset sends none
	EnvConfigurationSet = "HERMES_CONFIGURATION_SET"           // the SES configuration set whose events report mails; unset for none
	EnvRecipients       = "HERMES_RECIPIENTS"                  // JSON list of Recipient; unset for none
	EnvBudgetName       = "HERMES_BUDGET_NAME"                 // the budget's name on AWS; unset for none of its own
	EnvBudgetTitle      = "HERMES_BUDGET_TITLE"                // the name of that budget in alerts
	EnvTemplates        = "HERMES_TEMPLATES"                   // folder of templates that replace the defaults; unset for none
	EnvQueueURL         = "HERMES_QUEUE_URL"                   // intake queue of the hub; unset for none
	EnvRoom             = "HERMES_ROOM"                        // room of the hub in which alerts are published
	EnvAuthenticate     = "HERMES_AUTHENTICATE_ON_UNSUBSCRIBE" // "true" or unset
	EnvMetricsName      = "HERMES_METRICS_NAME"                // value of MetricDimension
)

// Metrics, in the embedded metric format on standard output.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const (
	MetricNamespace = "Hermes/BudgetSubscriber"
	MetricDimension = "Subscriber"
	MetricBlocked   = "Blocked" // count: mails that SES refused because the account is not set up for them, at each try
)

// RoutePath is where SNS delivers.
const RoutePath = "/budget-subscriber"

// Attributes of the Receipts table: one row for each message and receiver, so that a redelivered message completes what
// is missing and repeats nothing.
const (
	AttributeMessageID = "message_id" // partition key: the SNS MessageId
	AttributeReceiver  = "receiver"   // sort key: a digest of the e-mail address, or one of the names below
	AttributeState     = "state"      // StateSending or StateSent
	AttributeLease     = "lease"      // milliseconds since the epoch; a claim older than that is void
	AttributeTTL       = "expires_at" // seconds since the epoch

	StateSending = "sending"
	StateSent    = "sent"

	ReceiverHub        = "hub"         // the hub's room
	ReceiverDeadLetter = "dead-letter" // the dead-letter queue
)

// The event of SES that reports a mail which was sent, and the tags of the mail, from which its receipt is found. The
// configuration set sends it with the event destination EventBridge (default bus).
// https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
const (
	EventSource     = "aws.ses"
	EventDetailType = "Email Sent"

	TagMessageID = "hermes_message"
	TagReceiver  = "hermes_receiver"
)

// Lease is how long the claim of an invocation that was killed, or that SES has not answered, is respected: longer than the
// function can live, and than SES takes to report a mail. SNS must try for longer.
const Lease = 20 * time.Second

// Message attributes of a dead letter: why the message was refused, and whether ("true") it would be refused again.
const (
	AttributeError     = "error"
	AttributePermanent = "permanent"
)

// DefaultReceiptTTL outlives a dead letter, which is kept for 14 days and may be redriven until then.
const DefaultReceiptTTL = 15 * 24 * time.Hour

// DefaultRoom is the hub's room for alerts.
const DefaultRoom = "budget"

// HubUserID is the sender of the hub's message, and HubType its "type".
const (
	HubUserID = "aws-budgets"
	HubType   = "budget"
)

// MaxRecipientsBytes bounds the list of recipients as JSON; all variables of a function share 4 KB.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MaxRecipientsBytes = 3000
