package budgetsubscriber

import (
	"github.com/hermes-cdk/hermes/constructs/internal/alarm"
)

// blockedFor is longer than a pause of SNS between two deliveries, in minutes.
const blockedFor = 20

// newAlarms watches for alerts that are not delivered. A delivery that fails once is no alarm, as SNS repeats it.
func (b *budgetSubscriber) newAlarms() {
	if b.props.DisableAlarms {
		return
	}
	set := alarm.NewSet(b, "BudgetSubscriber", b.props.AlarmTopic)
	set.Add("DeadLettersAlarm", b.deadLetters.MetricApproximateNumberOfMessagesVisible(alarm.Minutely()),
		"An alert was not delivered or not understood, or the subscription has ended; the attribute \"error\" of the dead letter, if any, says why.")
	// A subscription that was never confirmed has no dead letters. https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
	set.Add("NotDeliveredAlarm", alarm.Lost(b.MetricAlerts, b.MetricDelivered),
		"Something was published to the topic, and for an hour nothing was delivered: the subscription may be unconfirmed.", alarm.ForAnHour)
	if len(b.props.Recipients) > 0 {
		set.Add("MailsBlockedAlarm", b.MetricBlocked(alarm.Minutely()),
			"SES refuses mails until the account is set up: the sender is not verified or, in the sandbox, the recipient.", alarm.Within(blockedFor))
	}
	b.alarms = set.All()
}
