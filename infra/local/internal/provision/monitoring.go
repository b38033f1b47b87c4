package provision

import "time"

// A LogGroup is a CloudWatch Logs log group.
type LogGroup struct {
	ID
	Name, ARN string
	Retention time.Duration // 0 for ever
}

// An Alarm is a CloudWatch alarm.
type Alarm struct {
	ID
	Name, ARN, Description string
	Namespace, Metric      string // "" if Expression is computed
	Dimensions             map[string]string
	Statistic              string
	Period                 time.Duration
	EvaluationPeriods      int
	DatapointsToAlarm      int // 0 for EvaluationPeriods
	Threshold              float64
	Comparison             string
	MissingData            string // missing, notBreaching, breaching or ignore
	Actions, OKActions     []string
	Computed               bool // from metric math, which is not evaluated
}

// A Dashboard is a CloudWatch dashboard.
type Dashboard struct {
	ID
	Name string
	Body string // JSON
}

// A Budget is an AWS Budgets budget.
type Budget struct {
	ID
	Name          string
	Type          string // COST, USAGE ...
	TimeUnit      string // MONTHLY ...
	Amount        float64
	Unit          string // USD ...
	Notifications []BudgetNotification
}

// A BudgetNotification is a threshold of a budget and its subscribers.
type BudgetNotification struct {
	Type          string // ACTUAL or FORECASTED
	Comparison    string
	Threshold     float64
	ThresholdType string   // PERCENTAGE or ABSOLUTE_VALUE
	Topics        []string // ARNs
	Emails        []string
}

// An Identity is an SES identity: an e-mail address or a domain that may send.
type Identity struct {
	ID
	Name, ARN string
}

// A ConfigurationSet is how SES sends a mail.
type ConfigurationSet struct {
	ID
	Name, ARN string
	// Events that are put on the default bus of EventBridge: send, bounce, complaint and so on.
	Events []string
}

// An Inert resource is accepted and shown, but not run.
type Inert struct {
	ID
	Type   string
	Reason string
}
