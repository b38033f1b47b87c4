package notificationhub

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2authorizers"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/accesslog"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// newApi makes the WebSocket API, or takes the one given, adds routes and stage, and gives the workers its management endpoint.
func (h *notificationHub) newApi() {
	connect := &awsapigatewayv2.WebSocketRouteOptions{
		Authorizer:  h.authorizer(),
		Integration: h.integration(contract.FunctionConnect, "Connect"),
	}
	disconnect := &awsapigatewayv2.WebSocketRouteOptions{Integration: h.integration(contract.FunctionDisconnect, "Disconnect")}
	otherwise := h.answers("Default")
	h.api = h.props.WebSocketApi
	if h.api == nil {
		h.ownApi = awsapigatewayv2.NewWebSocketApi(h, jsii.String("Api"), &awsapigatewayv2.WebSocketApiProps{
			Description:              jsii.String("Hermes hub " + *h.Node().Path()),
			RouteSelectionExpression: jsii.String(contract.RouteSelectionExpression),
			ConnectRouteOptions:      connect,
			DisconnectRouteOptions:   disconnect,
			DefaultRouteOptions:      otherwise,
		})
		h.api = h.ownApi
	} else {
		h.addRoute(contract.RouteConnect, connect)
		h.addRoute(contract.RouteDisconnect, disconnect)
		h.addRoute(contract.RouteDefault, otherwise)
	}
	// Not answered by the route: what the function has to say, it posts.
	h.addRoute(contract.RouteSendMessage, &awsapigatewayv2.WebSocketRouteOptions{Integration: h.integration(contract.FunctionSend, "Send")})
	h.addRoute(contract.RouteHello, h.answers("Hello"))
	h.addRoute(contract.RoutePing, h.answers("Ping"))
	h.addRoute(contract.RouteHistory, h.answers("History"))
	h.newStage()

	for _, name := range []string{contract.FunctionSend, contract.FunctionBroadcast, contract.FunctionDeliver} {
		h.functions[name].AddEnvironment(jsii.String(contract.EnvManagementURL), h.management, nil)
	}
}

// addRoute adds a route: to an API of the hub's own as its child, to another as the hub's.
func (h *notificationHub) addRoute(key string, options *awsapigatewayv2.WebSocketRouteOptions) {
	if h.ownApi != nil {
		h.ownApi.AddRoute(jsii.String(key), options)
		return
	}
	awsapigatewayv2.NewWebSocketRoute(h, jsii.String(routeID(key)), &awsapigatewayv2.WebSocketRouteProps{
		WebSocketApi: h.api, RouteKey: jsii.String(key),
		Integration: options.Integration, Authorizer: options.Authorizer, ReturnResponse: options.ReturnResponse,
	})
}

// routeID is what an API names its routes.
func routeID(key string) string { return key + "-Route" }

// authorizer names no identity source: the token comes in one of two places, and API Gateway wants every source named.
// The function is therefore always asked, and answers a missing token itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
func (h *notificationHub) authorizer() awsapigatewayv2.IWebSocketRouteAuthorizer {
	if h.props.Authorizer != nil {
		return h.props.Authorizer
	}
	return awsapigatewayv2authorizers.NewWebSocketLambdaAuthorizer(jsii.String("Authorizer"),
		h.functions[contract.FunctionAuthorize],
		&awsapigatewayv2authorizers.WebSocketLambdaAuthorizerProps{IdentitySource: &[]*string{}})
}

func (h *notificationHub) integration(function, id string) awsapigatewayv2integrations.WebSocketLambdaIntegration {
	return awsapigatewayv2integrations.NewWebSocketLambdaIntegration(jsii.String(id+"Integration"), h.functions[function], nil)
}

// answers routes to the function default, whose answer goes back to the client: cheaper and quicker than a post to @connections.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
func (h *notificationHub) answers(id string) *awsapigatewayv2.WebSocketRouteOptions {
	return &awsapigatewayv2.WebSocketRouteOptions{
		Integration:    h.integration(contract.FunctionDefault, id),
		ReturnResponse: jsii.Bool(true),
	}
}

func (h *notificationHub) newStage() {
	props := &awsapigatewayv2.WebSocketStageProps{
		WebSocketApi: h.api,
		StageName:    jsii.String(cmp.Or(h.props.StageName, "live")),
		AutoDeploy:   jsii.Bool(true),
		Throttle: &awsapigatewayv2.ThrottleSettings{
			RateLimit:  jsii.Number(cmp.Or(h.props.ThrottleRate, 1000)),
			BurstLimit: jsii.Number(cmp.Or(h.props.ThrottleBurst, 1000)),
		},
	}
	if h.props.CustomDomain != nil {
		props.DomainMapping = &awsapigatewayv2.DomainMappingOptions{DomainName: h.newDomain(h.props.CustomDomain)}
	}
	h.stage = awsapigatewayv2.NewWebSocketStage(h, jsii.String("Stage"), props)
	if h.props.logsAccess() {
		accesslog.Log{
			Format: accesslog.WebSocket, Group: h.props.AccessLogGroup, Retention: h.props.LogRetention, Resources: h.resources(),
		}.Add(h, h.stage)
	}
	h.apiID, h.stageName = h.api.ApiId(), h.stage.StageName()
	h.management = h.stage.CallbackUrl()
	h.url = awscdk.Fn_Join(jsii.String(""), jsii.Strings(
		"wss://", *h.apiID, ".execute-api.", *h.stack().Region(), ".", *h.stack().UrlSuffix(), "/", *h.stageName))
	if h.props.CustomDomain != nil {
		h.url = jsii.String("wss://" + h.props.CustomDomain.DomainName)
	}
}

// newDomain makes the API's domain name and the records that point to it. By default a domain name has IPv4 addresses only, and
// an AAAA record that points to it has no answer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names-ip-address-type.html
func (h *notificationHub) newDomain(custom *CustomDomain) awsapigatewayv2.DomainName {
	h.domain = awsapigatewayv2.NewDomainName(h, jsii.String("Domain"), &awsapigatewayv2.DomainNameProps{
		DomainName:     jsii.String(custom.DomainName),
		Certificate:    custom.Certificate,
		SecurityPolicy: awsapigatewayv2.SecurityPolicy_TLS_1_2,
		IpAddressType:  awsapigatewayv2.IpAddressType_DUAL_STACK,
	})
	target := awsroute53.RecordTarget_FromAlias(&alias{&awsroute53.AliasRecordTargetConfig{
		DnsName: h.domain.RegionalDomainName(), HostedZoneId: h.domain.RegionalHostedZoneId(),
	}})
	// A name with a dot at its end is absolute; without one the zone's name is appended unless it is there already.
	name := jsii.String(custom.DomainName)
	awsroute53.NewARecord(h, jsii.String("Alias"), &awsroute53.ARecordProps{
		Zone: custom.HostedZone, RecordName: name, Target: target,
	})
	awsroute53.NewAaaaRecord(h, jsii.String("AliasIpv6"), &awsroute53.AaaaRecordProps{
		Zone: custom.HostedZone, RecordName: name, Target: target,
	})
	return h.domain
}

// An alias is what awsroute53targets has one of for every service, whose bindings everyone who uses this construct would have to
// compile.
type alias struct {
	config *awsroute53.AliasRecordTargetConfig
}

// Bind returns the target's part of the record.
func (a *alias) Bind(awsroute53.IRecordSet, awsroute53.IHostedZone) *awsroute53.AliasRecordTargetConfig {
	return a.config
}
