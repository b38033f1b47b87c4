package provision

import (
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func apiGatewayKinds() map[string]kind {
	return map[string]kind{
		"AWS::ApiGatewayV2::Api":           kindOf(planAPI),
		"AWS::ApiGatewayV2::Authorizer":    kindOf(planAuthorizer),
		"AWS::ApiGatewayV2::Deployment":    kindOf(planDeployment),
		"AWS::ApiGatewayV2::Integration":   kindOf(planIntegration),
		"AWS::ApiGatewayV2::Route":         kindOf(planRoute),
		"AWS::ApiGatewayV2::RouteResponse": kindOf(planRouteResponse),
		"AWS::ApiGatewayV2::Stage":         kindOf(planStage),
	}
}

// An api collects the parts of an API.
type api struct {
	resource     *assembly.Resource
	in           apiProperties
	id           string
	integrations map[string]integrationProperties // by id
	authorizers  map[string]*Authorizer           // by id
	routes       []*route
	responses    map[string]bool // ids of the routes that have a route response
	stages       []Stage
}

type route struct {
	resource *assembly.Resource
	id       string
	in       routeProperties
}

func (a *api) webSocket() bool { return a.in.ProtocolType == "WEBSOCKET" }

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
type apiProperties struct {
	CorsConfiguration *struct {
		AllowCredentials bool
		AllowHeaders     []string
		AllowMethods     []string
		AllowOrigins     []string
		ExposeHeaders    []string
		MaxAge           int
	}
	DisableExecuteApiEndpoint string `only:"false"`
	Name                      string `required:"true"`
	ProtocolType              string `required:"true" only:"HTTP,WEBSOCKET"`
	RouteSelectionExpression  string

	ApiKeySelectionExpression any `ignored:"API keys are not supported"`
	Description               any `ignored:"documentation only"`
	FailOnWarnings            any `ignored:"there is no import"`
	IpAddressType             any `ignored:"everything is on the loopback interface"`
	Tags                      any `ignored:"nothing reads tags"`
	Version                   any `ignored:"documentation only"`
}

func planAPI(p *planner, r *assembly.Resource, in apiProperties) (assembly.Values, error) {
	a := &api{
		resource: r, in: in, id: resourceID(r, 10), integrations: map[string]integrationProperties{},
		authorizers: map[string]*Authorizer{}, responses: map[string]bool{},
	}
	if a.webSocket() && in.RouteSelectionExpression == "" {
		return assembly.Values{}, invalid("Properties.RouteSelectionExpression is missing, which a WebSocket API needs")
	}
	if !a.webSocket() && orDefault(in.RouteSelectionExpression, "$request.method $request.path") != "$request.method $request.path" {
		return assembly.Values{}, invalid("Properties.RouteSelectionExpression %q of an HTTP API", in.RouteSelectionExpression)
	}
	if a.webSocket() && in.CorsConfiguration != nil {
		return assembly.Values{}, invalid("Properties.CorsConfiguration is for HTTP APIs")
	}
	p.apis[a.id] = a
	p.apiOrder = append(p.apiOrder, a)
	scheme := "https"
	if a.webSocket() {
		scheme = "wss"
	}
	return assembly.Values{Ref: a.id, Attributes: map[string]any{
		"ApiId":       a.id,
		"ApiEndpoint": scheme + "://" + a.id + ".execute-api." + p.assembly.Environment.Region + "." + assembly.URLSuffix,
	}}, nil
}

func (p *planner) api(id string) (*api, error) {
	if a, ok := p.apis[id]; ok {
		return a, nil
	}
	return nil, unsupported("API %s, which is not in the assembly,", id)
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html
type integrationProperties struct {
	ApiId                string `required:"true"`
	ConnectionType       string `only:"INTERNET"`
	IntegrationMethod    string `only:"POST"`
	IntegrationType      string `required:"true" only:"AWS_PROXY"`
	IntegrationUri       string `required:"true"`
	PayloadFormatVersion string `only:"1.0,2.0"`
	TimeoutInMillis      int

	ContentHandlingStrategy any `ignored:"a Lambda proxy gets the payload as it is"`
	Description             any `ignored:"documentation only"`
	PassthroughBehavior     any `ignored:"a Lambda proxy gets the payload as it is"`
}

func planIntegration(p *planner, r *assembly.Resource, in integrationProperties) (assembly.Values, error) {
	a, err := p.api(in.ApiId)
	if err != nil {
		return assembly.Values{}, err
	}
	limit := 30_000 // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
	if a.webSocket() {
		limit = 29_000 // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
	}
	in.TimeoutInMillis = orDefault(in.TimeoutInMillis, limit)
	if in.TimeoutInMillis < 50 || in.TimeoutInMillis > limit {
		return assembly.Values{}, invalid("Properties.TimeoutInMillis %d is not between 50 and %d", in.TimeoutInMillis, limit)
	}
	id := resourceID(r, 7)
	a.integrations[id] = in
	return assembly.Values{Ref: id, Attributes: map[string]any{"IntegrationId": id}}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html
type authorizerProperties struct {
	ApiId                          string `required:"true"`
	AuthorizerPayloadFormatVersion string `only:"1.0,2.0"`
	AuthorizerResultTtlInSeconds   int
	AuthorizerType                 string `required:"true" only:"REQUEST"`
	AuthorizerUri                  string `required:"true"`
	EnableSimpleResponses          bool
	IdentitySource                 []string
	Name                           string `required:"true"`
}

func planAuthorizer(p *planner, r *assembly.Resource, in authorizerProperties) (assembly.Values, error) {
	a, err := p.api(in.ApiId)
	if err != nil {
		return assembly.Values{}, err
	}
	functionARN, err := p.lambdaURI("Properties.AuthorizerUri", in.AuthorizerUri)
	if err != nil {
		return assembly.Values{}, err
	}
	id := resourceID(r, 6)
	a.authorizers[id] = &Authorizer{
		AuthorizerID: id, Name: in.Name, Function: functionARN, IdentitySources: in.IdentitySource,
		TTL: time.Duration(in.AuthorizerResultTtlInSeconds) * time.Second, SimpleResponses: in.EnableSimpleResponses,
		PayloadFormat: in.AuthorizerPayloadFormatVersion,
	}
	if !a.webSocket() && in.AuthorizerPayloadFormatVersion == "" {
		return assembly.Values{}, invalid("Properties.AuthorizerPayloadFormatVersion is missing, which an HTTP API needs")
	}
	p.serviceAccess(r, "apigateway.amazonaws.com", "lambda:InvokeFunction", functionARN, p.arn("execute-api", a.id+"/authorizers/"+id))
	return assembly.Values{Ref: id, Attributes: map[string]any{"AuthorizerId": id}}, nil
}

// lambdaURI returns the function of an integration's or authorizer's URI: its ARN, or
// arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{ARN}/invocations.
func (p *planner) lambdaURI(path, uri string) (string, error) {
	name := uri
	if _, rest, found := strings.Cut(uri, "/functions/"); found {
		name = strings.TrimSuffix(rest, "/invocations")
	}
	if !strings.HasPrefix(name, p.arn("lambda", "function:")) {
		return "", unsupported("%s %s: an integration with anything but a function", path, uri)
	}
	f, qualifier, err := p.function(name)
	if err != nil {
		return "", err
	}
	return qualified(f, qualifier), nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html
type routeProperties struct {
	ApiId                            string `required:"true"`
	ApiKeyRequired                   string `only:"false"`
	AuthorizationType                string `only:"NONE,AWS_IAM,CUSTOM"`
	AuthorizerId                     string
	RouteKey                         string `required:"true"`
	RouteResponseSelectionExpression string `only:"$default"`
	Target                           string `required:"true"`

	OperationName any `ignored:"documentation only"`
}

func planRoute(p *planner, r *assembly.Resource, in routeProperties) (assembly.Values, error) {
	a, err := p.api(in.ApiId)
	if err != nil {
		return assembly.Values{}, err
	}
	for _, other := range a.routes {
		if other.in.RouteKey == in.RouteKey {
			return assembly.Values{}, invalid("route %s exists already", in.RouteKey)
		}
	}
	id := resourceID(r, 7)
	a.routes = append(a.routes, &route{resource: r, id: id, in: in})
	return assembly.Values{Ref: id, Attributes: map[string]any{"RouteId": id}}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-routeresponse.html
type routeResponseProperties struct {
	ApiId            string `required:"true"`
	RouteId          string `required:"true"`
	RouteResponseKey string `required:"true" only:"$default"`
}

func planRouteResponse(p *planner, r *assembly.Resource, in routeResponseProperties) (assembly.Values, error) {
	a, err := p.api(in.ApiId)
	if err != nil {
		return assembly.Values{}, err
	}
	a.responses[in.RouteId] = true
	id := resourceID(r, 7)
	return assembly.Values{Ref: id, Attributes: map[string]any{"RouteResponseId": id}}, nil
}

type deploymentProperties struct {
	ApiId     string `required:"true"`
	StageName string

	Description any `ignored:"documentation only"`
}

func planDeployment(p *planner, r *assembly.Resource, in deploymentProperties) (assembly.Values, error) {
	if in.StageName != "" {
		return assembly.Values{}, unsupported("Properties.StageName: a deployment that makes its stage")
	}
	_, err := p.api(in.ApiId)
	id := resourceID(r, 6)
	return assembly.Values{Ref: id, Attributes: map[string]any{"DeploymentId": id}}, err
}

type routeSettings struct {
	ThrottlingBurstLimit int
	ThrottlingRateLimit  float64

	DataTraceEnabled       any `ignored:"payloads are not logged"`
	DetailedMetricsEnabled any `ignored:"metrics are at /_local/usage"`
	LoggingLevel           any `ignored:"the gateway logs to the console"`
}

func (s routeSettings) throttle() Throttle {
	return Throttle{Rate: s.ThrottlingRateLimit, Burst: s.ThrottlingBurstLimit}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html
type stageProperties struct {
	ApiId                string `required:"true"`
	AutoDeploy           bool
	DefaultRouteSettings routeSettings
	DeploymentId         string
	RouteSettings        map[string]routeSettings
	StageName            string `required:"true"`
	StageVariables       map[string]string

	AccessLogSettings any `ignored:"access logs are not written"`
	Description       any `ignored:"documentation only"`
	Tags              any `ignored:"nothing reads tags"`
}

func planStage(p *planner, _ *assembly.Resource, in stageProperties) (assembly.Values, error) {
	a, err := p.api(in.ApiId)
	if err != nil {
		return assembly.Values{}, err
	}
	if !in.AutoDeploy && in.DeploymentId == "" {
		return assembly.Values{}, invalid("Properties has neither AutoDeploy nor DeploymentId: the stage would serve nothing")
	}
	s := Stage{Name: in.StageName, AutoDeploy: in.AutoDeploy, Variables: in.StageVariables, Throttle: in.DefaultRouteSettings.throttle(), Routes: map[string]Throttle{}}
	for key, settings := range in.RouteSettings {
		s.Routes[key] = settings.throttle()
	}
	a.stages = append(a.stages, s)
	return assembly.Values{Ref: in.StageName}, nil
}
