package notificationhub

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func (h *notificationHub) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:  jsii.String("AWS/ApiGateway"),
		MetricName: name,
		DimensionsMap: &map[string]*string{
			"ApiId": h.need(h.apiID, "apiId"),
			"Stage": h.need(h.stageName, "stageName"),
		},
		Statistic: jsii.String("Sum"),
	}).With(orNone(props))
}

func (h *notificationHub) MetricsName() *string { return h.need(h.metricsName, "metricsName") }

// own is a metric that the functions write.
func (h *notificationHub) own(name, statistic string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(contract.MetricNamespace),
		MetricName:    jsii.String(name),
		DimensionsMap: &map[string]*string{contract.MetricDimension: h.MetricsName()},
		Statistic:     jsii.String(statistic),
	}).With(orNone(props))
}

func (h *notificationHub) MetricPublications(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricPublications, "Sum", props)
}

func (h *notificationHub) MetricDeliveries(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricDeliveries, "Sum", props)
}

func (h *notificationHub) MetricDeliveryLag(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricDeliveryLag, "p99", props)
}

func (h *notificationHub) MetricPosts(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricPosts, "Sum", props)
}

func (h *notificationHub) MetricGone(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricGone, "Sum", props)
}

func (h *notificationHub) MetricThrottled(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricThrottled, "Sum", props)
}

func (h *notificationHub) MetricHistoryReads(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricHistoryReads, "Sum", props)
}

func (h *notificationHub) MetricResets(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricResets, "Sum", props)
}

func (h *notificationHub) MetricRefusedTokens(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricRefusedTokens, "Sum", props)
}

func (h *notificationHub) MetricColdStarts(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.own(contract.MetricColdStarts, "Sum", props)
}

func (h *notificationHub) MetricConnections(props *awscloudwatch.MathExpressionOptions) awscloudwatch.MathExpression {
	return expression("seconds / PERIOD(seconds)", "live connections", "seconds", h.own(contract.MetricConnectionSeconds, "Sum", nil), props)
}

func (h *notificationHub) MetricQuotaUsed(props *awscloudwatch.MathExpressionOptions) awscloudwatch.MathExpression {
	formula := fmt.Sprintf("100 * posts / PERIOD(posts) / %d", h.connectionsQuota())
	return expression(formula, "quota of @connections used, %", "posts", h.MetricPosts(nil), props)
}

func expression(formula, label, name string, of awscloudwatch.Metric, props *awscloudwatch.MathExpressionOptions) awscloudwatch.MathExpression {
	if props == nil {
		props = &awscloudwatch.MathExpressionOptions{}
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: &formula, Label: &label, UsingMetrics: &map[string]awscloudwatch.IMetric{name: of},
	}).With(props)
}

func (h *notificationHub) MetricConnects(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.Metric(jsii.String("ConnectCount"), props)
}

func (h *notificationHub) MetricMessages(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.Metric(jsii.String("MessageCount"), props)
}

func (h *notificationHub) MetricClientErrors(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.Metric(jsii.String("ClientError"), props)
}

func (h *notificationHub) MetricIntegrationErrors(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.Metric(jsii.String("IntegrationError"), props)
}

func (h *notificationHub) MetricBacklog(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	h.needResource(h.queue != nil, "queueArn")
	return h.queue.MetricApproximateNumberOfMessagesVisible(props)
}

func (h *notificationHub) MetricOldestMessageAge(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	h.needResource(h.queue != nil, "queueArn")
	return h.queue.MetricApproximateAgeOfOldestMessage(props)
}

func (h *notificationHub) MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return h.queues.dead.MetricApproximateNumberOfMessagesVisible(props)
}

func orNone(props *awscloudwatch.MetricOptions) *awscloudwatch.MetricOptions {
	if props == nil {
		return &awscloudwatch.MetricOptions{}
	}
	return props
}
