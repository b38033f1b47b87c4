package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/hermes-cdk/hermes/constructs/internal/dashboard"
)

// newDashboard makes the subscriber's dashboard if it is wanted. What it costs is too little to show.
func (b *budgetSubscriber) newDashboard() {
	if !b.props.Dashboard {
		return
	}
	of := func(metrics ...awscloudwatch.IMetric) []awscloudwatch.IMetric { return metrics }
	b.dashboard = dashboard.New(b, b.alarms,
		dashboard.Row{Question: "How much does it do?", Graphs: []dashboard.Graph{
			{Title: "Alerts", Metrics: of(b.MetricAlerts(nil), b.MetricDelivered(nil), b.MetricFailed(nil))},
			{Title: "Milliseconds of the function", Metrics: of(b.notify.MetricDuration(nil))},
		}},
		dashboard.Row{Question: "What is stuck?", Graphs: []dashboard.Graph{
			{Title: "Dead letters", Metrics: of(b.MetricDeadLetters(nil))},
			{Title: "Mails that SES refuses", Metrics: of(b.MetricBlocked(nil))},
		}},
	)
}
