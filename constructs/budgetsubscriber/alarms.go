package budgetsubscriber

import (
	"github.com/hermes-cdk/hermes/constructs/internal/alarm"
)

// newAlarms watches for alerts that are not delivered. Whoever counts on alerts must learn that they stay away.
func (b *budgetSubscriber) newAlarms() {
	if b.props.DisableAlarms {
		return
	}
	set := alarm.NewSet(b, b.props.AlarmTopic)
	minutely := alarm.Minutely()
	set.Add("DeadLettersAlarm", b.deadLetters.MetricApproximateNumberOfMessagesVisible(minutely),
		"An alert was not delivered or not understood, or the subscription has ended; the attribute \"error\" of the dead letter, if any, says why.")
	set.Add("RedriveAgeAlarm", b.redrive.MetricApproximateAgeOfOldestMessage(minutely),
		"Dead letters that were sent back wait for over a quarter of an hour.", alarm.From(900, 1))
	set.Add("ErrorsAlarm", b.notify.MetricErrors(minutely), "Function notify failed.")
	set.Add("ThrottlesAlarm", b.notify.MetricThrottles(minutely), "Function notify was throttled.")
	if b.ownApi != nil {
		set.Add("ServerErrorsAlarm", b.ownApi.MetricServerError(minutely),
			"Three deliveries within a minute failed: mail service, table or queue may be down. SNS delivers them again.", alarm.From(3, 1))
	}
	b.alarms = set.All()
}
