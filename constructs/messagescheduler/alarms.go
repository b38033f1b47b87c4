package messagescheduler

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/hermes-cdk/hermes/constructs/internal/alarm"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

const (
	// dueAge is the age in seconds beyond which the due queue stands still: it holds messages up to contract.Direct ahead of
	// their time.
	dueAge = float64((contract.Direct + 3*time.Minute) / time.Second)
	// longWait is how long mails may wait for SES: longer than any delay in the delivery queue, as AWS does not say whether
	// the age of a message counts the time for which it was delayed.
	longWait = 20 * time.Minute
	// blockedFor is longer than the pause between two tries of a mail that SES refuses.
	blockedFor = 20
)

// newAlarms watches for what an operator acts on. A worker that fails or is throttled once is no alarm: its queue delivers
// the message again, and the age and the dead letters of the queue show what that does not mend.
func (s *messageScheduler) newAlarms() {
	if s.props.DisableAlarms {
		return
	}
	set := alarm.NewSet(s, "MessageScheduler", s.props.AlarmTopic)
	minutely := alarm.Minutely()
	late := cmp.Or(s.props.LateAfter, time.Minute)
	set.Add("LateAlarm", s.MetricLateness(minutely),
		fmt.Sprintf("A message was sent more than %s after its time.", late), alarm.From(float64(late.Milliseconds()), 1))
	set.Add("DispatchAlarm", alarm.Succeeded(s.DispatchFunction()),
		"The dispatcher has not run, or failed, for five minutes; messages that fall due are not sent.", alarm.WhenSilent(5))
	set.Add("DueDeadLettersAlarm", s.MetricDeadLetters(minutely),
		"A message was not sent to all its subscribers; the attribute \"error\" of the dead letter says why.")
	set.Add("DueAgeAlarm", s.queues.due.MetricApproximateAgeOfOldestMessage(minutely),
		"Messages that are due wait in the due queue.", alarm.From(dueAge, 3))
	set.Add("RequestsFailAlarm", alarm.Failed(s.answering()...),
		"Requests of callers fail or are throttled.", alarm.From(5, 3))
	if s.sendsMail() {
		s.addMailAlarms(set)
	}
	s.alarms = set.All()
}

func (s *messageScheduler) addMailAlarms(set *alarm.Set) {
	minutely := alarm.Minutely()
	set.Add("DeliveryDeadLettersAlarm", s.MetricDeliveryDeadLetters(minutely),
		"A mail failed too often; the attribute \"error\" of the dead letter says why.")
	// The age of the queue alone would not show it, as a mail that is throttled is put back as a new message; nor would the
	// metric alone, which a function that does not run does not write.
	set.Add("MailsWaitAlarm", alarm.Oldest(s.MetricWaiting(minutely), s.queues.delivery),
		"Mails wait for over twenty minutes: more fall due than SES takes, or none are sent.", alarm.From(float64(longWait.Milliseconds()), 3))
	set.Add("MailsBlockedAlarm", s.MetricBlocked(minutely),
		"SES refuses mails until the account is set up: the sender is not verified or, in the sandbox, the recipient.", alarm.Within(blockedFor))
	set.Add("FailedAlarm", s.MetricFailed(minutely), "A mail was given up: SES refused it, or its content is gone.")
	set.Add("FeedbackErrorsAlarm", s.FeedbackFunction().MetricErrors(minutely),
		"Bounces and complaints are not recorded.", alarm.From(1, 3))
}

// answering are the functions that callers wait for.
func (s *messageScheduler) answering() []awslambda.Function {
	var all []awslambda.Function
	for _, name := range []string{contract.FunctionAuthorize, contract.FunctionSchedule, contract.FunctionSubscribers} {
		if fn := s.functions[name]; fn != nil {
			all = append(all, fn)
		}
	}
	return all
}
