package messagescheduler

import (
	"cmp"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/constructs/internal/alarm"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// Ages in seconds beyond which a queue stands still. The due queue holds messages up to contract.Direct ahead of their
// time; the delivery queue is emptied at the rate of SES.
const (
	dueAge      = float64((contract.Direct + 3*time.Minute) / time.Second)
	deliveryAge = float64(15 * time.Minute / time.Second)
)

// newAlarms watches for what a person must look at: messages that are late or dead, a dispatcher that does not run, queues
// that stand still, functions that fail.
func (s *messageScheduler) newAlarms() {
	if s.props.DisableAlarms {
		return
	}
	set := alarm.NewSet(s, s.props.AlarmTopic)
	minutely := alarm.Minutely()
	late := cmp.Or(s.props.LateAfter, time.Minute)
	set.Add("LateAlarm", s.MetricLateness(minutely),
		fmt.Sprintf("A message was sent more than %s after its time.", late), alarm.From(float64(late.Milliseconds()), 1))
	set.Add("DispatchSilentAlarm", s.DispatchFunction().MetricInvocations(minutely),
		"The dispatcher has not run for five minutes; messages that fall due are not sent.", alarm.WhenSilent(5))
	set.Add("DueDeadLettersAlarm", s.MetricDeadLetters(minutely),
		"A message could not be sent to anyone; the attribute \"error\" of the dead letter says why.")
	set.Add("DeliveryDeadLettersAlarm", s.MetricDeliveryDeadLetters(minutely),
		"A mail failed too often; the attribute \"error\" of the dead letter says why.")
	set.Add("DueAgeAlarm", s.queues.due.MetricApproximateAgeOfOldestMessage(minutely),
		"Messages that are due wait in the due queue.", alarm.From(dueAge, 3))
	set.Add("DeliveryAgeAlarm", s.queues.delivery.MetricApproximateAgeOfOldestMessage(minutely),
		"Mails wait for over a quarter of an hour: more fall due than SES takes at its rate.", alarm.From(deliveryAge, 3))
	for _, fn := range s.props.functions() {
		resource := s.functions[fn.name]
		if resource == nil {
			continue
		}
		set.Add(fn.id+"ErrorsAlarm", resource.MetricErrors(minutely), "Function "+fn.name+" failed.")
		set.Add(fn.id+"ThrottlesAlarm", resource.MetricThrottles(minutely), "Function "+fn.name+" was throttled.")
	}
	s.alarms = set.All()
}
