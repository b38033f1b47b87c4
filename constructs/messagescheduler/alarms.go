package messagescheduler

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// Ages in seconds beyond which a queue stands still. The due queue holds messages up to contract.Direct ahead of their
// time; the sends queue is emptied at the rate of SES.
const (
	dueAge   = int((contract.Direct + 3*time.Minute) / time.Second)
	sendsAge = int(15 * time.Minute / time.Second)
)

// newAlarms watches for what a person must look at: messages that are late or died, a dispatcher that does not run, queues
// that stand still, functions that fail.
func (s *messageScheduler) newAlarms() {
	if s.props.DisableAlarms {
		return
	}
	minutely := &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(1))}
	late := orDefault(s.props.LateAfter, time.Minute)
	s.alarm("LateAlarm", s.MetricLateness(minutely), &awscloudwatch.AlarmProps{
		Threshold:        jsii.Number(float64(late.Milliseconds())),
		AlarmDescription: jsii.String(fmt.Sprintf("A message was sent more than %s after its time.", late)),
	})
	// Silence is the fault here, so that missing data counts as one.
	s.alarm("DispatchSilentAlarm", s.DispatchFunction().MetricInvocations(minutely), &awscloudwatch.AlarmProps{
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(5),
		ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_BREACHING,
		AlarmDescription:   jsii.String("The dispatcher has not run for five minutes; messages that fall due are not sent."),
	})
	s.alarm("DueDeadLettersAlarm", s.MetricDeadLetters(minutely), &awscloudwatch.AlarmProps{
		AlarmDescription: jsii.String("A message could not be sent to anyone; the attribute \"error\" of the dead letter says why."),
	})
	s.alarm("SendsDeadLettersAlarm", s.MetricSendsDeadLetters(minutely), &awscloudwatch.AlarmProps{
		AlarmDescription: jsii.String("A mail failed too often; the attribute \"error\" of the dead letter says why."),
	})
	s.alarm("DueAgeAlarm", s.queues.due.MetricApproximateAgeOfOldestMessage(minutely), age(dueAge,
		"Messages that are due wait in the due queue."))
	s.alarm("SendsAgeAlarm", s.queues.sends.MetricApproximateAgeOfOldestMessage(minutely), age(sendsAge,
		"Mails wait for over a quarter of an hour: more fall due than SES takes at its rate."))
	for _, fn := range s.props.functions() {
		s.functionAlarms(fn, minutely)
	}
}

func (s *messageScheduler) functionAlarms(fn function, minutely *awscloudwatch.MetricOptions) {
	resource := s.functions[fn.name]
	if resource == nil {
		return
	}
	s.alarm(fn.id+"ErrorsAlarm", resource.MetricErrors(minutely), &awscloudwatch.AlarmProps{
		AlarmDescription: jsii.String("Function " + fn.name + " failed."),
	})
	s.alarm(fn.id+"ThrottlesAlarm", resource.MetricThrottles(minutely), &awscloudwatch.AlarmProps{
		AlarmDescription: jsii.String("Function " + fn.name + " was throttled."),
	})
}

// age is reached in each of three minutes.
func age(seconds int, description string) *awscloudwatch.AlarmProps {
	return &awscloudwatch.AlarmProps{
		Threshold:         jsii.Number(seconds),
		EvaluationPeriods: jsii.Number(3),
		AlarmDescription:  jsii.String(description),
	}
}

// alarm fires, unless props say otherwise, when the metric is at least 1 for a minute.
func (s *messageScheduler) alarm(id string, metric awscloudwatch.Metric, props *awscloudwatch.AlarmProps) {
	props.Metric = metric
	if props.Threshold == nil {
		props.Threshold = jsii.Number(1)
	}
	if props.EvaluationPeriods == nil {
		props.EvaluationPeriods = jsii.Number(1)
	}
	props.ComparisonOperator = orDefault(props.ComparisonOperator,
		awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
	props.TreatMissingData = orDefault(props.TreatMissingData, awscloudwatch.TreatMissingData_NOT_BREACHING)
	alarm := awscloudwatch.NewAlarm(s, jsii.String(id), props)
	if s.props.AlarmTopic != nil {
		action := awscloudwatchactions.NewSnsAction(s.props.AlarmTopic)
		alarm.AddAlarmAction(action)
		alarm.AddOkAction(action)
	}
	s.alarms = append(s.alarms, alarm)
}
