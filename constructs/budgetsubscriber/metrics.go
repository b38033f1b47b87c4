package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

func (b *budgetSubscriber) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if props == nil {
		props = &awscloudwatch.MetricOptions{}
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String("AWS/SNS"),
		MetricName:    name,
		DimensionsMap: &map[string]*string{"TopicName": b.topic.TopicName()},
		Statistic:     jsii.String("Sum"),
	}).With(props)
}

func (b *budgetSubscriber) MetricAlerts(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return b.Metric(jsii.String("NumberOfMessagesPublished"), props)
}

func (b *budgetSubscriber) MetricDelivered(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return b.Metric(jsii.String("NumberOfNotificationsDelivered"), props)
}

func (b *budgetSubscriber) MetricFailed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return b.Metric(jsii.String("NumberOfNotificationsFailed"), props)
}

func (b *budgetSubscriber) MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return b.deadLetters.MetricApproximateNumberOfMessagesVisible(props)
}
