package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"
)

// newAlarms watches for what a person must look at: letters that died, queues that stand still, functions that fail.
func (h *notificationHub) newAlarms() {
	if h.props.DisableAlarms {
		return
	}
	minutely := &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(1))}
	h.alarm("DeadLettersAlarm", h.queues.dead.MetricApproximateNumberOfMessagesVisible(minutely), 1, 1,
		"A message was refused or failed too often; the attribute \"error\" of the dead letter says why.")
	h.alarm("FanoutDeadLettersAlarm", h.queues.fanoutDead.MetricApproximateNumberOfMessagesVisible(minutely), 1, 1,
		"A part of a room could not be reached after every retry.")
	h.alarm("IntakeAgeAlarm", h.queues.intake.MetricApproximateAgeOfOldestMessage(minutely), 60, 3,
		"Messages wait in the intake queue for over a minute.")
	h.alarm("FanoutAgeAlarm", h.queues.fanout.MetricApproximateAgeOfOldestMessage(minutely), 60, 3,
		"Chunks wait in the fan-out queue for over a minute.")
	for _, fn := range h.props.functions() {
		resource := h.functions[fn.name]
		if resource == nil {
			continue
		}
		h.alarm(fn.id+"ErrorsAlarm", resource.MetricErrors(minutely), 1, 1, "Function "+fn.name+" failed.")
		h.alarm(fn.id+"ThrottlesAlarm", resource.MetricThrottles(minutely), 1, 1, "Function "+fn.name+" was throttled.")
	}
}

// alarm fires when the metric reaches the threshold in each of so many minutes.
func (h *notificationHub) alarm(id string, metric awscloudwatch.Metric, threshold, minutes int, description string) {
	alarm := awscloudwatch.NewAlarm(h, jsii.String(id), &awscloudwatch.AlarmProps{
		Metric:             metric,
		Threshold:          jsii.Number(threshold),
		EvaluationPeriods:  jsii.Number(minutes),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		AlarmDescription:   jsii.String(description),
	})
	if h.props.AlarmTopic != nil {
		action := awscloudwatchactions.NewSnsAction(h.props.AlarmTopic)
		alarm.AddAlarmAction(action)
		alarm.AddOkAction(action)
	}
	h.alarms = append(h.alarms, alarm)
}
