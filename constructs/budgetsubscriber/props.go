package budgetsubscriber

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"github.com/hermes-cdk/hermes/constructs/internal/lambdafn"
	"github.com/hermes-cdk/hermes/constructs/notificationhub"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// BudgetSubscriberProps configures a subscriber. The zero value of every field means its default. Required are a budget
// or a topic, and recipients or a hub. The subscriber never changes the props it is given.
type BudgetSubscriberProps struct {
	// Budget is the budget to make.
	// Default: none; alerts of other budgets arrive by Topic.
	Budget *Budget

	// Topic is a standard topic to which budgets or Cost Anomaly Detection publish. A topic of this app is also given the
	// policy that lets them.
	// Default: a topic with SignatureVersion 2 that budgets of this account may publish to.
	Topic awssns.ITopic

	// SignatureVersion is the least version accepted, 1 or 2. 1 is signed with SHA-1; it is what a topic without the
	// attribute SignatureVersion has.
	// Default: 2, and 1 for a Topic of yours.
	SignatureVersion int

	// EncryptionKey encrypts the topic that the subscriber makes, the table, the queues and the log groups. Its policy is given
	// the statements that services need (Budgets, SNS, CloudWatch Logs); the policy of an imported key must hold them already,
	// because AWS would drop alerts in silence: docs/constructs/README.md lists them.
	// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
	// Default: the topic is not encrypted, as alerts hold no secret; the rest with keys of AWS.
	EncryptionKey awskms.IKey

	// CostAnomalies lets AWS Cost Anomaly Detection publish to the topic too. Its messages are understood in any case.
	// Default: false.
	CostAnomalies bool

	// Recipients get an e-mail each.
	// Default: none.
	Recipients []Recipient

	// Sender is the address that the e-mail comes from, bare or with a name: "Hermes <alerts@example.com>". Required with
	// Recipients.
	// Default: none, and no e-mail is sent.
	Sender string

	// SenderIdentity is the SES identity that may send for Sender: its domain, or the address itself.
	// Default: an identity for the address, which the constructs of the stack share, and to which SES sends a link to confirm.
	// An identity exists once an account and region: a second stack with the same sender must be given it.
	SenderIdentity awsses.IEmailIdentity

	// SandboxRecipients are the identities of SES, addresses or domains, to which an account in SES's sandbox may send: there
	// SES asks for the permission to send on the recipient's identity too, which must also be verified.
	// Default: none, as outside of the sandbox none is asked for.
	SandboxRecipients []string

	// Templates is a folder whose files replace the subscriber's own: budget.subject.txt, budget.txt, budget.html,
	// anomaly.subject.txt, anomaly.txt, anomaly.html. They are of Go's text/template and html/template, see a
	// contract.MailView, and are tried while the app synthesizes. They travel as a Lambda layer.
	// Default: the subscriber's own.
	Templates string

	// Hub publishes every alert in Room as well, as the message {"type":"budget","data":{...}}.
	// Default: none.
	Hub notificationhub.INotificationHub

	// Room is the hub's room.
	// Default: "budget".
	Room string

	// Protocol is how SNS delivers.
	// Default: ProtocolHTTPS.
	Protocol Protocol

	// HttpApi is given the route POST /budget-subscriber, without an authorizer: SNS signs and has no credentials. Its stage
	// must serve the route before the subscription is made, or SNS's one request for a confirmation is lost.
	// Default: an API of the subscriber's own.
	HttpApi awsapigatewayv2.IHttpApi

	// HttpApiUrl is the https URL of HttpApi up to the route, for one with a custom domain or a named stage.
	// Default: the API's endpoint, which serves the stage $default.
	HttpApiUrl string

	// Retry is how often SNS delivers again after a failure. Not for ProtocolLambda, where Lambda retries twice.
	// Default: see RetryPolicy.
	Retry RetryPolicy

	// AuthenticateOnUnsubscribe lets only the account's own signed requests end the subscription. Otherwise whoever has come by
	// a message's UnsubscribeURL may, which is noted in the dead-letter queue and alarmed.
	// Default: false.
	AuthenticateOnUnsubscribe bool

	// ReceiptRetention is how long a repeated message is recognized, and how old a message may be: an older one is refused, also
	// when it is redriven. Whole seconds, at least the default.
	// Default: 15 days, a day longer than dead letters are kept.
	ReceiptRetention time.Duration

	// ReceiptsTable is a table to use. A table of the app must have the keys and the expiry of the subscriber's own, which the
	// pages in docs/constructs list; an imported one, whose keys are not known, is taken at its word.
	// Default: a new one, on demand, with point-in-time recovery.
	ReceiptsTable awsdynamodb.ITable

	// DeadLetterQueue takes alerts that were not delivered or not understood. The policy of an imported queue must let SNS send
	// to it.
	// Default: a new one, which keeps them for 14 days.
	DeadLetterQueue awssqs.IQueue

	// RedriveQueue is a standard queue from which the function takes dead letters again, invisible for at least 14 s. It must
	// send what fails to DeadLetterQueue, which is required with it.
	// Default: a new one.
	RedriveQueue awssqs.IQueue

	// RemovalPolicy applies to the table, the queues and the log groups.
	// Default: RETAIN_ON_UPDATE_OR_DELETE: they stay, unless their creation is rolled back.
	RemovalPolicy awscdk.RemovalPolicy

	// LogRetention keeps the logs.
	// Default: one month.
	LogRetention awslogs.RetentionDays

	// AccessLogGroup takes the API's access log. Not together with HttpApi.
	// Default: a new one.
	AccessLogGroup awslogs.ILogGroup

	// AlarmTopic is notified when an alarm fires and when it ends. It should not be the subscriber's own topic.
	// Default: none; alarms are shown in CloudWatch only.
	AlarmTopic awssns.ITopic

	// DisableAlarms makes no alarms.
	// Default: false.
	DisableAlarms bool

	// Dashboard makes a CloudWatch dashboard: is it well, how fast is it, how much does it do, what is stuck, what does it cost. The
	// first three of an account are free, each other is 3 USD a month.
	// Default: false.
	Dashboard bool

	// Architecture of the function.
	// Default: ARM_64.
	Architecture awslambda.Architecture

	// Notify tunes the function.
	// Default: see FunctionOptions.
	Notify FunctionOptions
}

// Budget is a cost budget of this account.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
type Budget struct {
	// Name is the budget's name in e-mails and for Recipient.Budget. The name on AWS has a digest of the
	// thresholds appended: CloudFormation replaces a budget whose notifications change, which would clash with a fixed name.
	// At most 91 characters, without a colon, a backslash and "/action/".
	// Default: the construct's path.
	Name string

	// Amount is the limit of a period. Required, above 0.
	Amount float64

	// Currency of the amount.
	// Default: "USD".
	Currency string

	// Period after which the budget starts again from zero.
	// Default: PeriodMonthly.
	Period Period

	// CostFilters narrow the costs, e.g. {"TagKeyValue": {"user:team$web"}, "Service": {"Amazon DynamoDB"}}.
	// Default: all costs of the account.
	CostFilters map[string][]string

	// Thresholds at which there is an alert, at most 10.
	// Default: 90 % of the amount, actually spent.
	Thresholds []Threshold
}

// Period is the length of a budget's period.
type Period string

// Periods.
const (
	PeriodDaily     Period = "DAILY"
	PeriodMonthly   Period = "MONTHLY"
	PeriodQuarterly Period = "QUARTERLY"
	PeriodAnnually  Period = "ANNUALLY"
)

// Threshold is when there is an alert. Exactly one of Percent and Amount is required.
type Threshold struct {
	// Percent of the budget's amount, above 0.
	Percent float64
	// Amount in the budget's currency, above 0.
	Amount float64
	// Forecasted looks at what AWS expects to be spent by the end of the period. Not for daily budgets.
	// Default: false, what was actually spent.
	Forecasted bool
}

// Recipient gets the e-mail of some budgets: Name (optional), Email, and Budget, a pattern of budget names in which *
// stands for any characters and ? for one; empty for every budget.
type Recipient = contract.Recipient

// Protocol is how SNS delivers to the function.
type Protocol string

const (
	// ProtocolHTTPS posts to a public endpoint, which trusts nothing but the signature. What fails is delivered again as Retry
	// says.
	ProtocolHTTPS Protocol = "https"
	// ProtocolLambda invokes the function, without a public endpoint. Lambda tries twice more, within minutes.
	ProtocolLambda Protocol = "lambda"
)

// RetryPolicy is when SNS delivers again. The pauses grow exponentially from MinDelay to MaxDelay; AWS allows them an hour
// together.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
type RetryPolicy struct {
	// Retries after the first try, 1 to 100.
	// Default: 10.
	Retries int
	// MinDelay and MaxDelay bound the pauses. Whole seconds, 1 s to 1 h.
	// Retries times MinDelay must be 20 s at least: for so long an invocation that was killed keeps others away.
	// Default: 10 s and 5 minutes, or less where many retries would exceed the hour.
	MinDelay, MaxDelay time.Duration
}

// FunctionOptions tunes the function: memory, concurrency, code, architecture, environment, layers, VPC, tracing and logs, as
// CDK names them. MemoryMB is 256 by default. MaxConcurrency is not for it: two instances read dead letters again.
type FunctionOptions = lambdafn.Options

// BudgetSubscriberAttributes describes a subscriber that another stack made.
type BudgetSubscriberAttributes struct {
	// TopicArn is the topic. Required.
	TopicArn string
	// EncryptionKeyArn is the topic's key.
	// Default: it has none.
	EncryptionKeyArn string
}
