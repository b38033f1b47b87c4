package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/hermes-cdk/hermes/constructs/internal/alarm"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// newAlarms watches for what an operator acts on. A worker that fails or is throttled once is no alarm: its queue delivers
// the message again, and the age and the dead letters of the queue show what that does not mend.
func (h *notificationHub) newAlarms() {
	if h.props.DisableAlarms {
		return
	}
	set := alarm.NewSet(h, "NotificationHub", h.props.AlarmTopic)
	minutely := alarm.Minutely()
	set.Add("DeadLettersAlarm", h.queues.dead.MetricApproximateNumberOfMessagesVisible(minutely),
		"A message was refused or failed too often; the attribute \"error\" of the dead letter says why.")
	set.Add("FanoutDeadLettersAlarm", h.queues.fanoutDead.MetricApproximateNumberOfMessagesVisible(minutely),
		"Messages were not delivered to a part of a room after every retry.")
	set.Add("IntakeAgeAlarm", h.queues.intake.MetricApproximateAgeOfOldestMessage(minutely),
		"Messages wait in the intake queue for over a minute.", alarm.From(60, 3))
	set.Add("FanoutAgeAlarm", h.queues.fanout.MetricApproximateAgeOfOldestMessage(minutely),
		"Chunks wait in the fan-out queue for over a minute.", alarm.From(60, 3))
	set.Add("RequestsFailAlarm", alarm.Failed(h.answering()...),
		"Connects or requests of clients fail or are throttled.", alarm.From(5, 3))
	h.alarms = set.All()
}

// answering are the functions that clients wait for.
func (h *notificationHub) answering() []awslambda.Function {
	var all []awslambda.Function
	for _, name := range []string{contract.FunctionAuthorize, contract.FunctionConnect, contract.FunctionSend, contract.FunctionDefault} {
		if fn := h.functions[name]; fn != nil {
			all = append(all, fn)
		}
	}
	return all
}
