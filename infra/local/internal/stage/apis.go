package stage

import (
	"fmt"
	"slices"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/httpapi"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/websocket"
	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
)

func (s *Stage) startAPIs() error {
	limits := s.options.Limits
	running, err := apigateway.New(edge.Services{
		Account:          edge.Account{ID: s.environment.Account, Region: s.environment.Region},
		Invoker:          invoker{s.functions},
		Authorize:        authorize(s.front),
		Meter:            s.meter,
		Faults:           gatewayFaults{&s.faults},
		Log:              s.log,
		AccountLimits:    edge.Limits{Rate: limits.Rate, Burst: limits.Burst},
		ConnectionLimits: edge.Limits{Rate: limits.ConnectRate, Burst: int(limits.ConnectRate)},
	})
	if err != nil {
		return err
	}
	s.gateway = running
	for _, a := range s.resources.WebSocketAPIs {
		config, err := s.webSocketAPI(a)
		if err != nil {
			return fmt.Errorf("%s: %w", a.LogicalID, err)
		}
		sockets, err := running.AddWebSocket(config)
		if err != nil {
			return fmt.Errorf("%s: %w", a.LogicalID, err)
		}
		s.sockets = append(s.sockets, sockets)
		s.postpone(a.APIID, a.Stages)
	}
	for _, a := range s.resources.HTTPAPIs {
		if _, err := running.AddHTTP(httpAPI(a)); err != nil {
			return fmt.Errorf("%s: %w", a.LogicalID, err)
		}
		s.postpone(a.APIID, a.Stages)
	}
	return nil
}

// postpone delays the deployment of an API whose stages deploy automatically.
func (s *Stage) postpone(id string, stages []provision.Stage) {
	auto := func(stage provision.Stage) bool { return stage.AutoDeploy }
	if delay := s.options.Limits.DeployDelay; delay > 0 && slices.ContainsFunc(stages, auto) {
		s.gateway.Postpone(id, delay)
	}
}

func (s *Stage) webSocketAPI(a provision.WebSocketAPI) (websocket.Config, error) {
	if len(a.Stages) != 1 {
		return websocket.Config{}, fmt.Errorf("a WebSocket API needs one stage to run here, this one has %d", len(a.Stages))
	}
	stage := a.Stages[0]
	config := websocket.Config{
		APIID:                    a.APIID,
		Stage:                    stage.Name,
		RouteSelectionExpression: a.RouteSelectionExpression,
		Routes:                   map[string]websocket.Route{},
		StageVariables:           stage.Variables,
		DefaultThrottle:          limits(stage.Throttle),
		RouteThrottles:           map[string]edge.Limits{},
		Limits: websocket.Limits{
			IdleTimeout: s.options.Limits.IdleTimeout,
			Lifetime:    s.options.Limits.Lifetime,
		},
	}
	for key, throttle := range stage.Routes {
		config.RouteThrottles[key] = limits(throttle)
	}
	for _, r := range a.Routes {
		route := websocket.Route{Function: r.Function, Timeout: r.Timeout, RouteResponse: r.RouteResponse}
		if r.Authorizer != nil {
			route.Authorizer = &websocket.Authorizer{Function: r.Authorizer.Function, IdentitySources: r.Authorizer.IdentitySources}
		}
		config.Routes[r.Key] = route
	}
	return config, nil
}

func httpAPI(a provision.HTTPAPI) httpapi.Config {
	config := httpapi.Config{APIID: a.APIID}
	for _, stage := range a.Stages {
		converted := httpapi.Stage{
			Name: stage.Name, Variables: stage.Variables,
			DefaultThrottle: limits(stage.Throttle), RouteThrottles: map[string]edge.Limits{},
		}
		for key, throttle := range stage.Routes {
			converted.RouteThrottles[key] = limits(throttle)
		}
		config.Stages = append(config.Stages, converted)
	}
	if c := a.CORS; c != nil {
		config.CORS = &httpapi.CORS{
			AllowOrigins: c.AllowOrigins, AllowMethods: c.AllowMethods, AllowHeaders: c.AllowHeaders,
			ExposeHeaders: c.ExposeHeaders, MaxAge: c.MaxAge, AllowCredentials: c.AllowCredentials,
		}
	}
	authorizers := map[string]*httpapi.Authorizer{} // routes with the same one share its cache
	for _, r := range a.Routes {
		route := httpapi.Route{Key: r.Key, Function: r.Function, PayloadFormat: r.PayloadFormat, Timeout: r.Timeout}
		if r.IAM {
			route.Authorization = "AWS_IAM"
		}
		if r.Authorizer != nil {
			route.Authorization = "CUSTOM"
			if authorizers[r.Authorizer.AuthorizerID] == nil {
				authorizers[r.Authorizer.AuthorizerID] = httpAuthorizer(r.Authorizer)
			}
			route.Authorizer = authorizers[r.Authorizer.AuthorizerID]
		}
		config.Routes = append(config.Routes, route)
	}
	return config
}

func httpAuthorizer(a *provision.Authorizer) *httpapi.Authorizer {
	return &httpapi.Authorizer{
		Function:        a.Function,
		PayloadFormat:   a.PayloadFormat,
		SimpleResponses: a.SimpleResponses,
		IdentitySources: a.IdentitySources,
		TTL:             a.TTL,
	}
}

func limits(t provision.Throttle) edge.Limits { return edge.Limits{Rate: t.Rate, Burst: t.Burst} }
