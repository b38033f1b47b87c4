package httpapi

import (
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// A Config describes an API as a template does.
type Config struct {
	APIID      string // required
	DomainName string // default: {apiId}.execute-api.{region}.amazonaws.com
	Routes     []Route
	Stages     []Stage // at least one
	CORS       *CORS   // default: none
	Limits     Limits
}

// Authorization types of a route. JWT is not supported.
const (
	AuthorizationNone   = "NONE"
	AuthorizationIAM    = "AWS_IAM"
	AuthorizationCustom = "CUSTOM"
)

// Payload formats.
const (
	PayloadFormat1 = "1.0" // of authorizers only
	PayloadFormat2 = "2.0"
)

// A Route is a route key with its Lambda proxy integration.
type Route struct {
	Key           string        // "GET /pets/{id}", "ANY /{proxy+}" or "$default"
	Function      string        // ARN or name; required
	PayloadFormat string        // default and only: "2.0"
	Timeout       time.Duration // default: Limits.IntegrationTimeout
	Authorization string        // default: NONE
	Authorizer    *Authorizer   // required by CUSTOM; routes may share one, and with it its cache
}

// An Authorizer is a Lambda authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
type Authorizer struct {
	Function        string // required
	PayloadFormat   string // "1.0" or "2.0", the default
	SimpleResponses bool   // the function answers {"isAuthorized"}; else with a policy. Format 2.0 only
	// IdentitySources such as $request.header.Authorization, $request.querystring.token, $stageVariables.x or
	// $context.routeKey. A request that lacks one is refused with 401. Together they are the cache's key.
	IdentitySources []string
	TTL             time.Duration // how long a response is cached; 0 for not at all
}

// A Stage is $default, which has no prefix in the path, or a name, which is the path's first segment.
type Stage struct {
	Name            string
	Variables       map[string]string
	DefaultThrottle edge.Limits // of each route, requests a second; default: only the account's
	RouteThrottles  map[string]edge.Limits
}

// StageDefault is the stage without prefix.
const StageDefault = "$default"

// CORS makes the gateway answer preflight requests and set the CORS headers of all responses.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
type CORS struct {
	AllowOrigins     []string // "https://a.example", "https://*" or "*"
	AllowMethods     []string
	AllowHeaders     []string
	ExposeHeaders    []string
	MaxAge           time.Duration
	AllowCredentials bool
}

// Limits default to AWS's, each on its own.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
type Limits struct {
	IntegrationTimeout time.Duration // default 30 s
	AuthorizerTimeout  time.Duration // default 10 s
	MaxPayload         int           // bytes; default 10 MB
	MaxHeaders         int           // bytes of request line and header values; default 10,240
}

func (l Limits) withDefaults() Limits {
	if l.IntegrationTimeout == 0 {
		l.IntegrationTimeout = 30 * time.Second
	}
	if l.AuthorizerTimeout == 0 {
		l.AuthorizerTimeout = 10 * time.Second
	}
	if l.MaxPayload == 0 {
		l.MaxPayload = 10 << 20
	}
	if l.MaxHeaders == 0 {
		l.MaxHeaders = 10_240
	}
	return l
}
