package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"
)

// newAlarms watches for alerts that do not reach people. Who is to hear of money must hear of silence too.
func (b *budgetSubscriber) newAlarms() {
	if b.props.DisableAlarms {
		return
	}
	minutely := &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(1))}
	b.alarm("DeadLettersAlarm", b.deadLetters.MetricApproximateNumberOfMessagesVisible(minutely), 1,
		"An alert was not delivered or not understood, or the subscription has ended; the attribute \"error\" of the dead letter, if any, says why.")
	b.alarm("RedriveAgeAlarm", b.redrive.MetricApproximateAgeOfOldestMessage(minutely), 900,
		"Dead letters that were sent back wait for over a quarter of an hour.")
	b.alarm("ErrorsAlarm", b.notify.MetricErrors(minutely), 1, "Function notify failed.")
	b.alarm("ThrottlesAlarm", b.notify.MetricThrottles(minutely), 1, "Function notify was throttled.")
	if b.ownApi != nil {
		b.alarm("ServerErrorsAlarm", b.ownApi.MetricServerError(minutely), 3,
			"Three deliveries within a minute failed: mail service, table or queue may be down. SNS delivers them again.")
	}
}

// alarm fires when the metric reaches the threshold within a minute.
func (b *budgetSubscriber) alarm(id string, metric awscloudwatch.Metric, threshold int, description string) {
	alarm := awscloudwatch.NewAlarm(b, jsii.String(id), &awscloudwatch.AlarmProps{
		Metric:             metric,
		Threshold:          jsii.Number(threshold),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		AlarmDescription:   jsii.String(description),
	})
	if b.props.AlarmTopic != nil {
		action := awscloudwatchactions.NewSnsAction(b.props.AlarmTopic)
		alarm.AddAlarmAction(action)
		alarm.AddOkAction(action)
	}
	b.alarms = append(b.alarms, alarm)
}
