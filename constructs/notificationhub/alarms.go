package notificationhub

import (
	"github.com/hermes-cdk/hermes/constructs/internal/alarm"
)

// newAlarms watches for what a person must look at: dead letters, queues that stand still, functions that fail.
func (h *notificationHub) newAlarms() {
	if h.props.DisableAlarms {
		return
	}
	set := alarm.NewSet(h, h.props.AlarmTopic)
	minutely := alarm.Minutely()
	set.Add("DeadLettersAlarm", h.queues.dead.MetricApproximateNumberOfMessagesVisible(minutely),
		"A message was refused or failed too often; the attribute \"error\" of the dead letter says why.")
	set.Add("FanoutDeadLettersAlarm", h.queues.fanoutDead.MetricApproximateNumberOfMessagesVisible(minutely),
		"A part of a room could not be reached after every retry.")
	set.Add("IntakeAgeAlarm", h.queues.intake.MetricApproximateAgeOfOldestMessage(minutely),
		"Messages wait in the intake queue for over a minute.", alarm.From(60, 3))
	set.Add("FanoutAgeAlarm", h.queues.fanout.MetricApproximateAgeOfOldestMessage(minutely),
		"Chunks wait in the fan-out queue for over a minute.", alarm.From(60, 3))
	for _, fn := range h.props.functions() {
		resource := h.functions[fn.name]
		if resource == nil {
			continue
		}
		set.Add(fn.id+"ErrorsAlarm", resource.MetricErrors(minutely), "Function "+fn.name+" failed.")
		set.Add(fn.id+"ThrottlesAlarm", resource.MetricThrottles(minutely), "Function "+fn.name+" was throttled.")
	}
	h.alarms = set.All()
}
