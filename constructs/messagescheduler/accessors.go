package messagescheduler

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

func (s *messageScheduler) ApiUrl() *string { return s.need(s.url, "apiUrl") }

func (s *messageScheduler) ScheduleUrl() *string {
	return jsii.String(*s.ApiUrl() + path(contract.RouteCreate))
}

func (s *messageScheduler) SubscribersUrl() *string {
	return jsii.String(*s.ApiUrl() + path(contract.RouteListSubscribers))
}

func (s *messageScheduler) Secret() awssecretsmanager.ISecret    { return s.secret }
func (s *messageScheduler) MetricsName() *string                 { return s.need(s.metricsName, "metricsName") }
func (s *messageScheduler) HttpApi() awsapigatewayv2.IHttpApi    { return s.api }
func (s *messageScheduler) Stage() awsapigatewayv2.HttpStage     { return s.stage }
func (s *messageScheduler) Bucket() awss3.IBucket                { return s.bucket }
func (s *messageScheduler) ScheduleTable() awsdynamodb.ITable    { return s.tables.schedule }
func (s *messageScheduler) SubscribersTable() awsdynamodb.ITable { return s.tables.subscribers }

func (s *messageScheduler) DeliveriesTable() awsdynamodb.ITable        { return s.tables.deliveries }
func (s *messageScheduler) DueQueue() awssqs.IQueue                    { return s.queues.due }
func (s *messageScheduler) DueDeadLetterQueue() awssqs.IQueue          { return s.queues.dueDead }
func (s *messageScheduler) DeliveryQueue() awssqs.IQueue               { return s.queues.delivery }
func (s *messageScheduler) DeliveryDeadLetterQueue() awssqs.IQueue     { return s.queues.deliveryDead }
func (s *messageScheduler) SenderIdentity() awsses.IEmailIdentity      { return s.identity }
func (s *messageScheduler) ConfigurationSet() awsses.IConfigurationSet { return s.configurationSet }
func (s *messageScheduler) DispatchRule() awsevents.Rule               { return s.rules.dispatch }
func (s *messageScheduler) FeedbackRule() awsevents.Rule               { return s.rules.feedback }
func (s *messageScheduler) Alarms() []awscloudwatch.Alarm              { return slices.Clone(s.alarms) }
func (s *messageScheduler) Dashboard() awscloudwatch.Dashboard         { return s.dashboard }

func (s *messageScheduler) AuthorizeFunction() awslambda.Function {
	return s.functions[contract.FunctionAuthorize]
}

func (s *messageScheduler) ScheduleFunction() awslambda.Function {
	return s.functions[contract.FunctionSchedule]
}

func (s *messageScheduler) SubscribersFunction() awslambda.Function {
	return s.functions[contract.FunctionSubscribers]
}

func (s *messageScheduler) DispatchFunction() awslambda.Function {
	return s.functions[contract.FunctionDispatch]
}

func (s *messageScheduler) ExpandFunction() awslambda.Function {
	return s.functions[contract.FunctionExpand]
}

func (s *messageScheduler) DeliverFunction() awslambda.Function {
	return s.functions[contract.FunctionDeliver]
}

func (s *messageScheduler) FeedbackFunction() awslambda.Function {
	return s.functions[contract.FunctionFeedback]
}

// need is value, or a panic that names the attribute an imported scheduler was not given.
func (s *messageScheduler) need(value *string, attribute string) *string {
	if value == nil || *value == "" {
		panic("message scheduler \"" + *s.Node().Path() + "\": imported without " + attribute)
	}
	return value
}
