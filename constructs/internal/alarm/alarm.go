// Package alarm makes the CloudWatch alarms of a construct.
package alarm

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Minutely are the metric options of every alarm: one value a minute.
func Minutely() *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(1))}
}

// Set makes alarms in a scope and remembers them.
type Set struct {
	scope constructs.Construct
	topic awssns.ITopic
	all   []awscloudwatch.Alarm
}

// NewSet returns a set whose alarms notify the topic when they fire and when they end; nil notifies nobody.
func NewSet(scope constructs.Construct, topic awssns.ITopic) *Set {
	return &Set{scope: scope, topic: topic}
}

// All lists the alarms made so far.
func (s *Set) All() []awscloudwatch.Alarm { return s.all }

// Add makes an alarm. Unless more says otherwise, it fires when the metric is at least 1 in one minute, and not while there
// is no data.
func (s *Set) Add(id string, metric awscloudwatch.IMetric, description string, more ...func(*awscloudwatch.AlarmProps)) {
	props := &awscloudwatch.AlarmProps{
		Metric:             metric,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		AlarmDescription:   jsii.String(description),
	}
	for _, change := range more {
		change(props)
	}
	alarm := awscloudwatch.NewAlarm(s.scope, jsii.String(id), props)
	if s.topic != nil {
		action := awscloudwatchactions.NewSnsAction(s.topic)
		alarm.AddAlarmAction(action)
		alarm.AddOkAction(action)
	}
	s.all = append(s.all, alarm)
}

// From has an alarm fire when the metric is at least the threshold in each of so many minutes.
func From(threshold float64, minutes int) func(*awscloudwatch.AlarmProps) {
	return func(props *awscloudwatch.AlarmProps) {
		props.Threshold = jsii.Number(threshold)
		props.EvaluationPeriods = jsii.Number(minutes)
	}
}

// WhenSilent has an alarm fire when the metric is below 1, or missing, in each of so many minutes.
func WhenSilent(minutes int) func(*awscloudwatch.AlarmProps) {
	return func(props *awscloudwatch.AlarmProps) {
		props.EvaluationPeriods = jsii.Number(minutes)
		props.ComparisonOperator = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD
		props.TreatMissingData = awscloudwatch.TreatMissingData_BREACHING
	}
}
