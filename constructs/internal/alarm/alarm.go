// Package alarm makes the CloudWatch alarms of a construct.
package alarm

import (
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Minutely are the metric options of every alarm: one value a minute.
func Minutely() *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(1))}
}

// runbook has a section for each alarm, "{construct} {alarm}".
const runbook = "https://github.com/hermes-cdk/hermes/blob/main/docs/runbook.md#"

// Set makes the alarms of a construct and remembers them.
type Set struct {
	scope     constructs.Construct
	construct string
	topic     awssns.ITopic
	all       []awscloudwatch.Alarm
}

// NewSet returns a set for a construct of that name, e.g. "NotificationHub". Its alarms notify the topic when they fire and
// when they end; nil notifies nobody.
func NewSet(scope constructs.Construct, construct string, topic awssns.ITopic) *Set {
	return &Set{scope: scope, construct: construct, topic: topic}
}

// All lists the alarms made so far.
func (s *Set) All() []awscloudwatch.Alarm { return s.all }

// Add makes an alarm whose description ends in the link to its section of the runbook. Unless more says otherwise, it fires
// when the metric is at least 1 in one minute, and not while there is no data.
func (s *Set) Add(id string, metric awscloudwatch.IMetric, description string, more ...func(*awscloudwatch.AlarmProps)) {
	props := &awscloudwatch.AlarmProps{
		Metric:             metric,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		AlarmDescription:   jsii.String(description + " " + runbook + strings.ToLower(s.construct+"-"+id)),
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

// Within has an alarm fire as soon as the metric is at least 1, and end when that was not so for so many minutes: for what is
// tried again at long intervals.
func Within(minutes int) func(*awscloudwatch.AlarmProps) {
	return func(props *awscloudwatch.AlarmProps) {
		props.EvaluationPeriods = jsii.Number(minutes)
		props.DatapointsToAlarm = jsii.Number(1)
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

// Failed adds up errors and throttles of functions that somebody waits for.
func Failed(functions ...awslambda.Function) awscloudwatch.IMetric {
	metrics := map[string]awscloudwatch.IMetric{}
	for i, fn := range functions {
		metrics["e"+strconv.Itoa(i)] = fn.MetricErrors(Minutely())
		metrics["t"+strconv.Itoa(i)] = fn.MetricThrottles(Minutely())
	}
	return math("SUM(METRICS())", awscdk.Duration_Minutes(jsii.Number(1)), metrics)
}

// Succeeded counts the invocations of a function that did not fail.
func Succeeded(fn awslambda.Function) awscloudwatch.IMetric {
	return math("FILL(runs, 0) - FILL(errors, 0)", awscdk.Duration_Minutes(jsii.Number(1)), map[string]awscloudwatch.IMetric{
		"runs": fn.MetricInvocations(Minutely()), "errors": fn.MetricErrors(Minutely()),
	})
}

// Oldest is the age in milliseconds of what waits longest: a message in the queue, or one that is put back as a new one and
// measured by the metric.
func Oldest(measured awscloudwatch.IMetric, queue awssqs.IQueue) awscloudwatch.IMetric {
	return math("MAX([FILL(measured, 0), 1000 * FILL(age, 0)])", awscdk.Duration_Minutes(jsii.Number(1)), map[string]awscloudwatch.IMetric{
		"measured": measured, "age": queue.MetricApproximateAgeOfOldestMessage(Minutely()),
	})
}

// lostPeriods of five minutes are an hour.
const lostPeriods = 12

// Lost is 1 from when something was put in until something comes out. Together with ForAnHour an alarm fires when that takes an
// hour: the sums run over the alarm's whole evaluation range, so that what is put in at the end of one period and comes out
// in the next is not lost.
func Lost(in, out func(*awscloudwatch.MetricOptions) awscloudwatch.Metric) awscloudwatch.IMetric {
	period := awscdk.Duration_Minutes(jsii.Number(5))
	return math("IF(RUNNING_SUM(FILL(in, 0)) > 0 AND RUNNING_SUM(FILL(out, 0)) == 0, 1, 0)", period, map[string]awscloudwatch.IMetric{
		"in": in(&awscloudwatch.MetricOptions{Period: period}), "out": out(&awscloudwatch.MetricOptions{Period: period}),
	})
}

// ForAnHour is for Lost.
func ForAnHour(props *awscloudwatch.AlarmProps) { props.EvaluationPeriods = jsii.Number(lostPeriods) }

func math(expression string, period awscdk.Duration, metrics map[string]awscloudwatch.IMetric) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String(expression), Period: period, UsingMetrics: &metrics,
	})
}
