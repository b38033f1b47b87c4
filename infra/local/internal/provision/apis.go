package provision

import (
	"strings"
	"time"
)

// finishAPIs assembles the parts of each API. A route may precede its stage, a route response follow its route.
func (p *planner) finishAPIs() error {
	for _, a := range p.apiOrder {
		var err error
		if a.webSocket() {
			err = p.finishWebSocket(a)
		} else {
			err = p.finishHTTP(a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) finishWebSocket(a *api) error {
	out := WebSocketAPI{
		ID: identify(a.resource), APIID: a.id, Name: a.in.Name, RouteSelectionExpression: a.in.RouteSelectionExpression, Stages: a.stages,
	}
	for _, r := range a.routes {
		function, timeout, _, err := p.integration(a, r)
		if err != nil {
			return resourceError(r.resource, err)
		}
		authorizer, err := a.authorizer(r)
		if err != nil {
			return resourceError(r.resource, err)
		}
		if r.in.AuthorizationType == "AWS_IAM" {
			return resourceError(r.resource, unsupported("Properties.AuthorizationType: AWS_IAM for a WebSocket API"))
		}
		if r.in.AuthorizationType == "CUSTOM" && r.in.RouteKey != "$connect" {
			return resourceError(r.resource, invalid("Properties.AuthorizationType: only $connect can have an authorizer"))
		}
		out.Routes = append(out.Routes, WebSocketRoute{
			Key: r.in.RouteKey, Function: function, Timeout: timeout, Authorizer: authorizer,
			// Both are needed: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
			RouteResponse: r.in.RouteResponseSelectionExpression != "" && a.responses[r.id],
		})
		for _, s := range a.stages {
			p.serviceAccess(r.resource, "apigateway.amazonaws.com", "lambda:InvokeFunction", function,
				p.arn("execute-api", a.id+"/"+s.Name+"/"+r.in.RouteKey))
		}
	}
	p.resources.WebSocketAPIs = append(p.resources.WebSocketAPIs, out)
	return nil
}

func (p *planner) finishHTTP(a *api) error {
	out := HTTPAPI{ID: identify(a.resource), APIID: a.id, Name: a.in.Name, Stages: a.stages}
	if c := a.in.CorsConfiguration; c != nil {
		out.CORS = &CORS{
			AllowOrigins: c.AllowOrigins, AllowMethods: c.AllowMethods, AllowHeaders: c.AllowHeaders, ExposeHeaders: c.ExposeHeaders,
			AllowCredentials: c.AllowCredentials, MaxAge: time.Duration(c.MaxAge) * time.Second,
		}
	}
	for _, r := range a.routes {
		function, timeout, format, err := p.integration(a, r)
		if err != nil {
			return resourceError(r.resource, err)
		}
		authorizer, err := a.authorizer(r)
		if err != nil {
			return resourceError(r.resource, err)
		}
		if format == "" {
			return resourceError(r.resource, invalid("its integration has no PayloadFormatVersion, which an HTTP API needs"))
		}
		out.Routes = append(out.Routes, HTTPRoute{
			Key: r.in.RouteKey, Function: function, Timeout: timeout, PayloadFormat: format, Authorizer: authorizer,
			IAM: r.in.AuthorizationType == "AWS_IAM",
		})
		for _, s := range a.stages {
			p.serviceAccess(r.resource, "apigateway.amazonaws.com", "lambda:InvokeFunction", function,
				p.arn("execute-api", a.id+"/"+s.Name+"/"+httpSource(r.in.RouteKey)))
		}
	}
	p.resources.HTTPAPIs = append(p.resources.HTTPAPIs, out)
	return nil
}

// httpSource is the end of the source ARN of an HTTP API's route: METHOD/path with parameters as in the route key, or
// $default
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html).
func httpSource(routeKey string) string {
	method, path, found := strings.Cut(routeKey, " ")
	if !found {
		return routeKey
	}
	if method == "ANY" {
		method = "GET" // any method will do
	}
	return method + path
}

func (p *planner) integration(a *api, r *route) (function string, timeout time.Duration, format string, err error) {
	id, found := strings.CutPrefix(r.in.Target, "integrations/")
	in, known := a.integrations[id]
	if !found || !known {
		return "", 0, "", invalid("Properties.Target %q is not an integration of the API", r.in.Target)
	}
	function, err = p.lambdaURI("Properties.IntegrationUri", in.IntegrationUri)
	return function, time.Duration(in.TimeoutInMillis) * time.Millisecond, in.PayloadFormatVersion, err
}

func (a *api) authorizer(r *route) (*Authorizer, error) {
	if r.in.AuthorizationType != "CUSTOM" {
		return nil, nil
	}
	found, ok := a.authorizers[r.in.AuthorizerId]
	if !ok {
		return nil, invalid("Properties.AuthorizerId %q is not an authorizer of the API", r.in.AuthorizerId)
	}
	return found, nil
}
