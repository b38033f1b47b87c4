package notificationhub_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/notificationhub"
)

func TestMetrics(t *testing.T) {
	_, stack := newStack(t)
	hub := notificationhub.NewNotificationHub(stack, jsii.String("Hub"), &notificationhub.NotificationHubProps{ConnectionsQuota: 5000})
	for want, metric := range map[string]awscloudwatch.Metric{
		"Publications Sum":  hub.MetricPublications(nil),
		"Deliveries Sum":    hub.MetricDeliveries(nil),
		"DeliveryLag p99":   hub.MetricDeliveryLag(nil),
		"DeliveryLag p50":   hub.MetricDeliveryLag(&awscloudwatch.MetricOptions{Statistic: jsii.String("p50")}),
		"Posts Sum":         hub.MetricPosts(nil),
		"Gone Sum":          hub.MetricGone(nil),
		"Throttled Sum":     hub.MetricThrottled(nil),
		"HistoryReads Sum":  hub.MetricHistoryReads(nil),
		"Resets Sum":        hub.MetricResets(nil),
		"RefusedTokens Sum": hub.MetricRefusedTokens(nil),
		"ColdStarts Sum":    hub.MetricColdStarts(nil),
	} {
		got := *metric.MetricName() + " " + *metric.Statistic()
		if got != want || *metric.Namespace() != "Hermes/NotificationHub" || (*metric.Dimensions())["Hub"] != *hub.MetricsName() {
			t.Errorf("metric %s %s of %v, want %s", *metric.Namespace(), got, *metric.Dimensions(), want)
		}
	}
	for want, expression := range map[string]awscloudwatch.MathExpression{
		"seconds / PERIOD(seconds)":          hub.MetricConnections(nil),
		"100 * posts / PERIOD(posts) / 5000": hub.MetricQuotaUsed(nil),
	} {
		if got := *expression.Expression(); got != want {
			t.Errorf("expression %s, want %s", got, want)
		}
	}
	imported := notificationhub.FromNotificationHubAttributes(stack, jsii.String("Imported"), &notificationhub.NotificationHubAttributes{MetricsName: "Theirs"})
	if got := (*imported.MetricDeliveries(nil).Dimensions())["Hub"]; got != "Theirs" {
		t.Errorf("an imported hub's metrics are of %v", got)
	}
}
