package provision

import (
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/kms"
)

// Resources is what a cloud assembly consists of, resolved. Its order is that of dependencies, stack by stack.
type Resources struct {
	Functions           []*Function
	EventSourceMappings []EventSourceMapping
	WebSocketAPIs       []WebSocketAPI
	HTTPAPIs            []HTTPAPI
	Tables              []Table
	Queues              []*Queue
	Topics              []*Topic
	Subscriptions       []Subscription
	Buckets             []Bucket
	Roles               []*Role
	ResourcePolicies    []ResourcePolicy
	Rules               []Rule
	Secrets             []Secret
	LogGroups           []LogGroup
	Alarms              []Alarm
	Dashboards          []Dashboard
	Budgets             []Budget
	Identities          []Identity
	ConfigurationSets   []*ConfigurationSet
	// Keys encrypt resources.
	Keys kms.Keys
	// Inert resources are accepted and shown, but not run.
	Inert []Inert
	// Outputs by stack name and key, as `cdk deploy --outputs-file` writes them.
	Outputs map[string]map[string]string

	accesses []access
}

// An ID identifies a resource of a template.
type ID struct {
	Stack     string // stack name
	LogicalID string
	Path      string // construct path, "" if unknown
}

// A Function is a Lambda function.
type Function struct {
	ID
	Name, ARN    string
	Role         string // name of the execution role
	CodeDir      string // folder or .zip of the code, with an executable bootstrap
	Handler      string
	Architecture string // x86_64 or arm64
	Timeout      time.Duration
	MemoryMB     int
	Environment  map[string]string
	// ReservedConcurrency is nil if the function shares the account's limit.
	ReservedConcurrency *int
	LogGroup            string // name
	LogFormat           string // Text or JSON
	LogLevel            string `json:",omitempty"` // of the function's own lines
	Traced              bool   // X-Ray tracing is active
	AllowRecursion      bool   `json:",omitempty"` // RecursiveLoop is Allow
	// Qualifiers are the versions and aliases under which it may be invoked too.
	Qualifiers []string
	// Asynchronous invocation.
	MaxRetries           *int          // nil for AWS's 2
	MaxEventAge          time.Duration // 0 for AWS's 6 hours
	OnSuccess, OnFailure string        // ARNs of destinations, "" for none
	DeadLetter           string        // ARN of the dead-letter queue or topic, "" for none
}

// An EventSourceMapping feeds a function from a queue.
type EventSourceMapping struct {
	ID
	UUID                    string
	Function                string // ARN, with the qualifier the template names
	FunctionName            string // name without qualifier
	Queue                   string // name
	QueueARN, QueueURL      string
	BatchSize               int
	BatchWindow             time.Duration
	ReportBatchItemFailures bool
	MaximumConcurrency      int // 0 for no limit of its own
	Enabled                 bool
}

// A Throttle limits requests a second; zero values mean the account's.
type Throttle struct {
	Rate  float64
	Burst int
}

// A Stage is a stage of an API.
type Stage struct {
	Name       string // $default of an HTTP API has no segment in the URL
	Variables  map[string]string
	AutoDeploy bool                `json:",omitempty"` // deployed asynchronously
	Throttle   Throttle            // of each route
	Routes     map[string]Throttle // by route key, instead of Throttle
}

// A WebSocketAPI is an API Gateway WebSocket API.
type WebSocketAPI struct {
	ID
	APIID, Name              string
	RouteSelectionExpression string
	Routes                   []WebSocketRoute
	Stages                   []Stage
}

// A WebSocketRoute is one route with its Lambda proxy integration.
type WebSocketRoute struct {
	Key           string
	Function      string        // ARN
	Timeout       time.Duration // of the integration
	RouteResponse bool          // the function's response is sent to the client
	Authorizer    *Authorizer   // of $connect, nil for none
}

// An HTTPAPI is an API Gateway HTTP API.
type HTTPAPI struct {
	ID
	APIID, Name string
	CORS        *CORS // nil if not configured
	Routes      []HTTPRoute
	Stages      []Stage
}

// An HTTPRoute is one route with its Lambda proxy integration.
type HTTPRoute struct {
	Key           string // METHOD /path/{parameter} or $default
	Function      string // ARN
	Timeout       time.Duration
	PayloadFormat string      // 1.0 or 2.0
	Authorizer    *Authorizer // nil for none
	IAM           bool        // requires a signature
}

// An Authorizer is a Lambda REQUEST authorizer.
type Authorizer struct {
	AuthorizerID, Name string
	Function           string // ARN
	IdentitySources    []string
	// HTTP APIs only.
	TTL             time.Duration // responses are cached that long; 0 for never
	SimpleResponses bool          // responses are {"isAuthorized": bool} rather than policies
	PayloadFormat   string
}

// CORS is the CORS configuration of an HTTP API.
type CORS struct {
	AllowOrigins, AllowMethods, AllowHeaders, ExposeHeaders []string
	AllowCredentials                                        bool
	MaxAge                                                  time.Duration
}

// A Key is an attribute of a table's or index's key.
type Key struct {
	Name string
	Type string // S, N or B
}

// A Table is a DynamoDB table.
type Table struct {
	ID
	Name, ARN    string
	Keys         []Key // partition key, then sort key if there is one
	Indexes      []Index
	TTLAttribute string // "" if rows do not expire
	// Provisioned throughput, 0 if billed by request.
	ReadUnits, WriteUnits int64
}

// An Index is a secondary index of a table.
type Index struct {
	Name       string
	Local      bool
	Keys       []Key
	Projection string   // ALL, KEYS_ONLY or INCLUDE
	NonKeys    []string // attributes of INCLUDE
	// Provisioned throughput of a global index, 0 if billed by request.
	ReadUnits, WriteUnits int64
}

// A Queue is an SQS queue.
type Queue struct {
	ID
	Name, ARN, URL    string
	FIFO              bool
	Attributes        map[string]string // of CreateQueue, without RedrivePolicy and FifoQueue
	VisibilityTimeout time.Duration
	DeadLetterARN     string // "" if messages are not redriven
	MaxReceiveCount   int
}

// A Topic is an SNS topic.
type Topic struct {
	ID
	Name, ARN        string
	DisplayName      string
	SignatureVersion string // 1 or 2
}

// A Subscription is a subscription to a topic.
type Subscription struct {
	ID
	ARN, TopicARN string
	Protocol      string // https, http, lambda or sqs
	Endpoint      string // URL or ARN
	// Attributes as the Subscribe API takes them: RawMessageDelivery, FilterPolicy, FilterPolicyScope, RedrivePolicy,
	// DeliveryPolicy; policies are JSON. Those that the template omits are missing.
	Attributes map[string]string
}

// A Bucket is an S3 bucket.
type Bucket struct {
	ID
	Name, ARN string
	Versioned bool
}

// A Role is an IAM role with all policies that are its own or attached to it.
type Role struct {
	ID
	Name, ARN string
	Policies  []iam.Policy
}

// A ResourcePolicy is a statement or document attached to a resource, among them Lambda permissions and trust policies.
type ResourcePolicy struct {
	ID
	ARN    string // of the resource
	Policy iam.Policy
}

// A Rule is an EventBridge rule with a schedule, or for events of SES, or both.
type Rule struct {
	ID
	Name, ARN  string
	Expression string         // rate(...) or cron(...), UTC; "" without a schedule
	Pattern    map[string]any `json:",omitempty"` // of events, nil without
	Enabled    bool
	Targets    []Target
}

// A Target is what a rule invokes.
type Target struct {
	TargetID       string
	ARN            string // of a function or queue
	Input          string // constant JSON or text, "" for the event itself
	MaxRetries     *int   // nil for AWS's 185
	MaxEventAge    time.Duration
	DeadLetterARN  string
	MessageGroupID string // of a FIFO queue
}

// A Secret is a Secrets Manager secret.
type Secret struct {
	ID
	Name, ARN   string
	Description string
	Value       string    // given in the template, "" if generated
	Generate    *Generate // nil if given
}

// Generate says how the first value of a secret is generated
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html).
type Generate struct {
	Length                  int // characters
	ExcludeCharacters       string
	ExcludeLowercase        bool
	ExcludeUppercase        bool
	ExcludeNumbers          bool
	ExcludePunctuation      bool
	IncludeSpace            bool
	RequireEachIncludedType bool
	SecretStringTemplate    string // JSON object that gets the value, "" for the value alone
	GenerateStringKey       string // member of the template
}
