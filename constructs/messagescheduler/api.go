package messagescheduler

import (
	"cmp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/accesslog"
	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// newApi makes the HTTP API and its stage, or takes the one given.
func (s *messageScheduler) newApi() {
	s.api = s.props.HttpApi
	if s.api == nil {
		s.api = awsapigatewayv2.NewHttpApi(s, jsii.String("Api"), &awsapigatewayv2.HttpApiProps{
			ApiName:            s.metricsName,
			Description:        jsii.String("Hermes scheduler " + *s.Node().Path()),
			CreateDefaultStage: jsii.Bool(false),
			CorsPreflight:      s.cors(),
		})
		s.newStage()
	}
	s.url = resource.Optional(s.props.PublicUrl)
	if s.url == nil {
		s.url = s.api.ApiEndpoint()
	}
}

// newStage makes the stage whose name is not part of the URL, with an access log and a throttle.
func (s *messageScheduler) newStage() {
	s.stage = awsapigatewayv2.NewHttpStage(s, jsii.String("Stage"), &awsapigatewayv2.HttpStageProps{
		HttpApi:    s.api,
		AutoDeploy: jsii.Bool(true),
		Throttle: &awsapigatewayv2.ThrottleSettings{
			RateLimit:  jsii.Number(cmp.Or(s.props.ThrottleRate, 1000)),
			BurstLimit: jsii.Number(cmp.Or(s.props.ThrottleBurst, 1000)),
		},
	})
	accesslog.Log{
		Format: accesslog.HTTP, Group: s.props.AccessLogGroup, Retention: s.props.LogRetention, Resources: s.resources(),
	}.Add(s, s.stage)
}

// Throttles of the routes that everybody can call. People follow the links in a mail soon after it was sent.
const (
	documentRate  = 10
	documentBurst = 20
	linkRate      = 50
	linkBurst     = 100
)

// throttleOpenRoutes bounds what strangers can have Lambda run, whatever the callers' throttle is. The stage refuses settings
// of a route that does not exist yet.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
func (s *messageScheduler) throttleOpenRoutes() {
	if s.stage == nil {
		return
	}
	settings := map[string]any{contract.RouteOpenAPI: routeThrottle(documentRate, documentBurst)}
	for _, key := range contract.RoutesLinks() {
		settings[key] = routeThrottle(linkRate, linkBurst)
	}
	for key := range settings {
		s.stage.Node().AddDependency(s.routes[key])
	}
	s.stage.Node().DefaultChild().(awsapigatewayv2.CfnStage).SetRouteSettings(settings)
}

// routeThrottle is CloudFormation's RouteSettings of one route; CDK passes them on as they are.
func routeThrottle(rate, burst int) map[string]any {
	return map[string]any{"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
}

func (s *messageScheduler) cors() *awsapigatewayv2.CorsPreflightOptions {
	if len(s.props.AllowedOrigins) == 0 {
		return nil
	}
	return &awsapigatewayv2.CorsPreflightOptions{
		AllowOrigins: jsii.Strings(s.props.AllowedOrigins...),
		AllowMethods: &[]awsapigatewayv2.CorsHttpMethod{
			awsapigatewayv2.CorsHttpMethod_GET, awsapigatewayv2.CorsHttpMethod_POST,
			awsapigatewayv2.CorsHttpMethod_PUT, awsapigatewayv2.CorsHttpMethod_DELETE,
		},
		AllowHeaders:  jsii.Strings("authorization", "content-type", "if-match"),
		ExposeHeaders: jsii.Strings("etag"),
		MaxAge:        awscdk.Duration_Hours(jsii.Number(1)),
	}
}

// newRoutes leads every route to its function, those of the callers through the authorizer.
func (s *messageScheduler) newRoutes() {
	s.routes = map[string]awsapigatewayv2.HttpRoute{}
	open := awsapigatewayv2.NewHttpNoneAuthorizer()
	authorizer := s.authorizer()
	schedule, subscribers := s.integration(contract.FunctionSchedule), s.integration(contract.FunctionSubscribers)
	s.lead(contract.RoutesSchedule(), schedule, authorizer)
	s.lead([]string{contract.RouteOpenAPI}, schedule, open)
	s.lead(contract.RoutesSubscribers(), subscribers, authorizer)
	s.lead(contract.RoutesLinks(), subscribers, open)
	s.throttleOpenRoutes()
}

func (s *messageScheduler) lead(keys []string, to awsapigatewayv2.HttpRouteIntegration, by awsapigatewayv2.IHttpRouteAuthorizer) {
	for _, key := range keys {
		method, _, _ := strings.Cut(key, " ")
		s.routes[key] = awsapigatewayv2.NewHttpRoute(s, jsii.String(routeID(key)), &awsapigatewayv2.HttpRouteProps{
			HttpApi:     s.api,
			RouteKey:    awsapigatewayv2.HttpRouteKey_With(jsii.String(path(key)), awsapigatewayv2.HttpMethod(method)),
			Integration: to,
			Authorizer:  by,
		})
	}
}

// authorizer asks the function for each request and keeps no answer, as it judges the group, which is in the path.
func (s *messageScheduler) authorizer() awsapigatewayv2.IHttpRouteAuthorizer {
	switch {
	case s.props.Authorizer != nil:
		return s.props.Authorizer
	case s.props.AllowUnauthenticated:
		return awsapigatewayv2.NewHttpNoneAuthorizer()
	}
	return awsapigatewayv2authorizers.NewHttpLambdaAuthorizer(jsii.String("Authorizer"),
		s.functions[contract.FunctionAuthorize],
		&awsapigatewayv2authorizers.HttpLambdaAuthorizerProps{
			IdentitySource:  jsii.Strings(contract.AuthorizerIdentitySource),
			ResponseTypes:   &[]awsapigatewayv2authorizers.HttpLambdaResponseType{awsapigatewayv2authorizers.HttpLambdaResponseType_SIMPLE},
			ResultsCacheTtl: awscdk.Duration_Seconds(jsii.Number(0)),
		})
}

func (s *messageScheduler) integration(function string) awsapigatewayv2integrations.HttpLambdaIntegration {
	return awsapigatewayv2integrations.NewHttpLambdaIntegration(jsii.String(function), s.functions[function],
		&awsapigatewayv2integrations.HttpLambdaIntegrationProps{Timeout: resource.Seconds(contract.TimeoutAPI)})
}

// path is the second part of a route's key.
func path(key string) string {
	_, path, _ := strings.Cut(key, " ")
	return path
}

// routeID is a construct id, in which no slash may stand: "POST /{group}/schedule" becomes "POST {group} schedule".
func routeID(key string) string {
	return strings.Join(strings.FieldsFunc(key, func(r rune) bool { return r == ' ' || r == '/' }), " ")
}
