package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/dashboard"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// newDashboard makes the hub's dashboard if it is wanted.
func (h *notificationHub) newDashboard() {
	if !h.props.Dashboard {
		return
	}
	of := func(metrics ...awscloudwatch.IMetric) []awscloudwatch.IMetric { return metrics }
	median := &awscloudwatch.MetricOptions{Statistic: jsii.String("p50")}
	h.dashboard = dashboard.New(h, h.alarms,
		dashboard.Row{Question: "How fast is it?", Graphs: []dashboard.Graph{
			{Title: "Milliseconds from queue to last post", Metrics: of(h.MetricDeliveryLag(median), h.MetricDeliveryLag(nil))},
			{Title: "Age of the oldest message, s", Metrics: of(h.MetricOldestMessageAge(nil), h.queues.fanout.MetricApproximateAgeOfOldestMessage(nil))},
		}},
		dashboard.Row{Question: "How much does it do?", Graphs: []dashboard.Graph{
			{Title: "Messages", Metrics: of(h.MetricPublications(nil), h.MetricDeliveries(nil))},
			{Title: "Connections", Metrics: of(h.MetricConnections(nil), h.MetricConnects(nil), h.MetricRefusedTokens(nil))},
			{Title: "Quota of @connections", Metrics: of(h.MetricQuotaUsed(nil), h.MetricThrottled(nil))},
		}},
		dashboard.Row{Question: "What is stuck or lost?", Graphs: []dashboard.Graph{
			{Title: "Dead letters", Metrics: of(h.MetricDeadLetters(nil), h.queues.fanoutDead.MetricApproximateNumberOfMessagesVisible(nil))},
			{Title: "Waiting messages", Metrics: of(h.MetricBacklog(nil), h.queues.fanout.MetricApproximateNumberOfMessagesVisible(nil))},
			{Title: "Recovery", Metrics: of(h.MetricHistoryReads(nil), h.MetricResets(nil), h.MetricGone(nil))},
		}},
		dashboard.Row{Question: "What does it cost?", Graphs: []dashboard.Graph{
			{Title: "USD, list prices of us-east-1", Metrics: of(
				dashboard.Price("frames", "messages over sockets", h.MetricMessages(nil), "1.00"),
				dashboard.Price("published", "messages published", h.MetricPublications(nil), "4.00"),
				dashboard.Price("seconds", "connections, when they end", h.own(contract.MetricConnectionSeconds, "Sum", nil), "0.25 / 60"), // 0.25 a million minutes
			)},
		}},
	)
}
