package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

func (s *messageScheduler) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.metric(name, "Sum", props)
}

func (s *messageScheduler) metric(name *string, statistic string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if props == nil {
		props = &awscloudwatch.MetricOptions{}
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(contract.MetricNamespace),
		MetricName:    name,
		DimensionsMap: &map[string]*string{contract.MetricDimension: s.MetricsName()},
		Statistic:     jsii.String(statistic),
	}).With(props)
}

func (s *messageScheduler) MetricDue(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String(contract.MetricDue), props)
}

func (s *messageScheduler) MetricSent(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String(contract.MetricSent), props)
}

func (s *messageScheduler) MetricFailed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String(contract.MetricFailed), props)
}

func (s *messageScheduler) MetricBlocked(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String(contract.MetricBlocked), props)
}

func (s *messageScheduler) MetricSuppressed(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String(contract.MetricSuppressed), props)
}

func (s *messageScheduler) MetricWaiting(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.metric(jsii.String(contract.MetricWaiting), "Maximum", props)
}

func (s *messageScheduler) MetricLateness(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.metric(jsii.String(contract.MetricLateness), "Maximum", props)
}

func (s *messageScheduler) MetricDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.queues.dueDead.MetricApproximateNumberOfMessagesVisible(props)
}

func (s *messageScheduler) MetricDeliveryDeadLetters(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if !s.sendsMail() {
		panic("message scheduler \"" + *s.Node().Path() + "\": sends no mail, as sender is missing")
	}
	return s.queues.deliveryDead.MetricApproximateNumberOfMessagesVisible(props)
}
