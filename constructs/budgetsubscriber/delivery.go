package budgetsubscriber

import (
	"cmp"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// Throttle of the subscriber's own API. Alerts are few; strangers knock too.
const (
	throttleRate  = 20
	throttleBurst = 40
)

// accessLogFormat is a JSON line for each request, without anything of its body.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
const accessLogFormat = `{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime",` +
	`"routeKey":"$context.routeKey","status":"$context.status","integrationLatency":"$context.integrationLatency"}`

// subscribe subscribes the function to the topic.
func (b *budgetSubscriber) subscribe() {
	if b.props.Protocol == ProtocolLambda {
		b.subscribeFunction()
		return
	}
	b.newApi()
	b.newRoute()
	b.subscription = awssns.NewSubscription(b, jsii.String("Subscription"), &awssns.SubscriptionProps{
		Topic:           b.topic,
		Protocol:        awssns.SubscriptionProtocol_HTTPS,
		Endpoint:        b.url,
		DeadLetterQueue: b.deadLetters,
		DeliveryPolicy:  b.props.Retry.deliveryPolicy(),
	})
	// CDK writes the function in upper case, SNS documents it in lower case.
	// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html#creating-delivery-policy
	b.subscription.Node().DefaultChild().(awssns.CfnSubscription).AddPropertyOverride(
		jsii.String("DeliveryPolicy.healthyRetryPolicy.backoffFunction"), jsii.String("exponential"))
	// SNS asks for the confirmation at once and the endpoint must answer: route, permission and policy come first.
	b.subscription.Node().AddDependency(b.route, b.notify.Role())
	if b.stage != nil {
		b.subscription.Node().AddDependency(b.stage)
	}
}

// newApi makes an HTTP API, unless one is given.
func (b *budgetSubscriber) newApi() {
	if b.props.HttpApi != nil {
		b.api = b.props.HttpApi
		base := b.props.HttpApiUrl
		if base == "" {
			base = *b.api.ApiEndpoint()
		}
		b.url = jsii.String(strings.TrimSuffix(base, "/") + contract.RoutePath)
		return
	}
	api := awsapigatewayv2.NewHttpApi(b, jsii.String("Api"), &awsapigatewayv2.HttpApiProps{
		Description:        jsii.String("Hermes budget subscriber " + *b.Node().Path()),
		CreateDefaultStage: jsii.Bool(false),
	})
	b.api, b.ownApi = api, api
	b.stage = awsapigatewayv2.NewHttpStage(b, jsii.String("Stage"), &awsapigatewayv2.HttpStageProps{
		HttpApi:    api,
		StageName:  jsii.String("$default"),
		AutoDeploy: jsii.Bool(true),
		Throttle:   &awsapigatewayv2.ThrottleSettings{RateLimit: jsii.Number(throttleRate), BurstLimit: jsii.Number(throttleBurst)},
	})
	logs := awslogs.NewLogGroup(b, jsii.String("AccessLogs"), &awslogs.LogGroupProps{
		Retention: cmp.Or(b.props.LogRetention, awslogs.RetentionDays_ONE_MONTH), RemovalPolicy: b.removalPolicy(),
	})
	b.stage.Node().DefaultChild().(awsapigatewayv2.CfnStage).SetAccessLogSettings(&awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
		DestinationArn: logs.LogGroupArn(), Format: jsii.String(accessLogFormat),
	})
	b.url = awscdk.Fn_Join(jsii.String(""), jsii.Strings(
		"https://", *api.ApiId(), ".execute-api.", *b.stack().Region(), ".", *b.stack().UrlSuffix(), contract.RoutePath))
}

func (b *budgetSubscriber) newRoute() {
	b.route = awsapigatewayv2.NewHttpRoute(b, jsii.String("Route"), &awsapigatewayv2.HttpRouteProps{
		HttpApi:     b.api,
		RouteKey:    awsapigatewayv2.HttpRouteKey_With(jsii.String(contract.RoutePath), awsapigatewayv2.HttpMethod_POST),
		Integration: awsapigatewayv2integrations.NewHttpLambdaIntegration(jsii.String("NotifyIntegration"), b.notify, nil),
		Authorizer:  awsapigatewayv2.NewHttpNoneAuthorizer(),
	})
}

// subscribeFunction has SNS invoke the function. What SNS cannot hand over, and what the function fails on after Lambda's
// retries, goes to the same dead-letter queue.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
func (b *budgetSubscriber) subscribeFunction() {
	b.notify.AddPermission(jsii.String("Topic"), &awslambda.Permission{
		Principal: awsiam.NewServicePrincipal(jsii.String("sns.amazonaws.com"), nil),
		SourceArn: b.topic.TopicArn(),
	})
	b.subscription = awssns.NewSubscription(b, jsii.String("Subscription"), &awssns.SubscriptionProps{
		Topic:           b.topic,
		Protocol:        awssns.SubscriptionProtocol_LAMBDA,
		Endpoint:        b.notify.FunctionArn(),
		DeadLetterQueue: b.deadLetters,
	})
	b.notify.Node().DefaultChild().(awslambda.CfnFunction).SetDeadLetterConfig(&awslambda.CfnFunction_DeadLetterConfigProperty{
		TargetArn: b.deadLetters.QueueArn(),
	})
}

// maxRetryTime is what AWS allows all retries of a delivery to take together. All pauses at their longest stay below, so that
// it does not matter how AWS sums up growing ones.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
const maxRetryTime = time.Hour

func (r RetryPolicy) retries() int { return cmp.Or(r.Retries, 10) }

// delays are the shortest and the longest pause.
func (r RetryPolicy) delays() (low, high time.Duration) {
	low = cmp.Or(r.MinDelay, 10*time.Second)
	fitting := (maxRetryTime / time.Duration(max(1, r.retries()))).Truncate(time.Second)
	return low, cmp.Or(r.MaxDelay, max(low, min(fitting, 5*time.Minute)))
}

func (r RetryPolicy) deliveryPolicy() *awssns.DeliveryPolicy {
	low, high := r.delays()
	return &awssns.DeliveryPolicy{HealthyRetryPolicy: &awssns.HealthyRetryPolicy{
		NumRetries:      jsii.Number(r.retries()),
		MinDelayTarget:  resource.Seconds(low),
		MaxDelayTarget:  resource.Seconds(high),
		BackoffFunction: awssns.BackoffFunction_EXPONENTIAL,
	}}
}
