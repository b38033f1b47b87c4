package notificationhub

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
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
