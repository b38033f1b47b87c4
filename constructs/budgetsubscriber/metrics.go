package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

func (b *budgetSubscriber) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return sum("AWS/SNS", name, map[string]*string{"TopicName": b.topic.TopicName()}, props)
}

func sum(namespace string, name *string, dimensions map[string]*string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if props == nil {
		props = &awscloudwatch.MetricOptions{}
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String(namespace), MetricName: name, DimensionsMap: &dimensions, Statistic: jsii.String("Sum"),
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

func (b *budgetSubscriber) MetricBlocked(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	dimensions := map[string]*string{contract.MetricDimension: b.metricsName()}
	return sum(contract.MetricNamespace, jsii.String(contract.MetricBlocked), dimensions, props)
}

// metricsName distinguishes the subscriber's own metrics from another's.
func (b *budgetSubscriber) metricsName() *string {
	return awscdk.Names_UniqueResourceName(b, &awscdk.UniqueResourceNameOptions{})
}

func (b *budgetSubscriber) MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return b.deadLetters.MetricApproximateNumberOfMessagesVisible(props)
}
