package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/dashboard"
)

// newDashboard makes the scheduler's dashboard if it is wanted.
func (s *messageScheduler) newDashboard() {
	if !s.props.Dashboard {
		return
	}
	of := func(metrics ...awscloudwatch.IMetric) []awscloudwatch.IMetric { return metrics }
	late := func(statistic string) awscloudwatch.IMetric {
		return s.MetricLateness(&awscloudwatch.MetricOptions{Statistic: jsii.String(statistic)})
	}
	mails, stuck := of(s.MetricSent(nil), s.MetricFailed(nil), s.MetricSuppressed(nil), s.MetricBlocked(nil)), of(s.MetricDeadLetters(nil))
	if s.sendsMail() {
		stuck = append(stuck, s.MetricDeliveryDeadLetters(nil))
	}
	s.dashboard = dashboard.New(s, s.alarms,
		dashboard.Row{Question: "How fast is it?", Graphs: []dashboard.Graph{
			{Title: "Milliseconds after the due time", Metrics: of(late("p50"), late("p99"), late("Maximum"))},
			{Title: "Milliseconds that mails wait for SES", Metrics: of(s.MetricWaiting(nil))},
		}},
		dashboard.Row{Question: "How much does it do?", Graphs: []dashboard.Graph{
			{Title: "Occurrences", Metrics: of(s.MetricDue(nil))},
			{Title: "Mails", Metrics: mails},
		}},
		dashboard.Row{Question: "What is stuck?", Graphs: []dashboard.Graph{
			{Title: "Dead letters", Metrics: stuck},
			{Title: "Age of the oldest message of the due queue, s", Metrics: of(s.queues.due.MetricApproximateAgeOfOldestMessage(nil))},
		}},
		dashboard.Row{Question: "What does it cost?", Graphs: []dashboard.Graph{
			{Title: "USD, list prices of us-east-1", Metrics: of(
				dashboard.Price("mails", "mails (SES)", s.MetricSent(nil), "100"), dashboard.Price("occurrences", "occurrences", s.MetricDue(nil), "28"),
			)},
		}},
	)
}
