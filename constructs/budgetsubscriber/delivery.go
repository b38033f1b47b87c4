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
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/accesslog"
	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// Throttle of the subscriber's own API. Alerts are few; strangers knock too.
const (
	throttleRate  = 20
	throttleBurst = 40
)

// subscribe subscribes the function to the topic.
func (b *budgetSubscriber) subscribe() {
	b.keepDeadLetters()
	if b.props.Protocol == ProtocolLambda {
		b.subscribeFunction()
		return
	}
	b.newApi()
	b.newRoute()
	b.newStage()
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
	// SNS asks for the confirmation at once and takes a 4xx for a final answer, so that the endpoint must serve before: route,
	// permission, policy and stage come first.
	// https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
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
	b.url = awscdk.Fn_Join(jsii.String(""), jsii.Strings(
		"https://", *api.ApiId(), ".execute-api.", *b.stack().Region(), ".", *b.stack().UrlSuffix(), contract.RoutePath))
}

// newStage makes the stage of the subscriber's own API, with a deployment of its own: one that API Gateway deploys by itself
// exists before it serves, and answers SNS's only request for a confirmation with 404.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
func (b *budgetSubscriber) newStage() {
	if b.ownApi == nil {
		return
	}
	// A deployment is what the API was when it was made. Its id changes with the one route, so that a change is deployed.
	deployment := awsapigatewayv2.NewCfnDeployment(b, jsii.String("Deployment-"+digestOf(b.stack().Resolve(b.routeDefinition()))),
		&awsapigatewayv2.CfnDeploymentProps{ApiId: b.api.ApiId()})
	deployment.Node().AddDependency(b.route)
	b.stage = awsapigatewayv2.NewHttpStage(b, jsii.String("Stage"), &awsapigatewayv2.HttpStageProps{
		HttpApi:    b.ownApi,
		StageName:  jsii.String("$default"),
		AutoDeploy: jsii.Bool(false),
		Throttle:   &awsapigatewayv2.ThrottleSettings{RateLimit: jsii.Number(throttleRate), BurstLimit: jsii.Number(throttleBurst)},
	})
	b.stage.Node().DefaultChild().(awsapigatewayv2.CfnStage).SetDeploymentId(deployment.AttrDeploymentId())
	accesslog.Log{
		Format: accesslog.HTTP, Group: b.props.AccessLogGroup, Retention: b.props.LogRetention, Resources: b.resources(),
	}.Add(b, b.stage)
}

// routeDefinition is what a deployment of the API holds.
func (b *budgetSubscriber) routeDefinition() any {
	return []any{*b.route.Path(), *b.notify.FunctionArn()}
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
