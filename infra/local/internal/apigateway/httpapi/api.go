package httpapi

import (
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// An API is a running HTTP API. It is safe for concurrent use and holds nothing that must be closed.
type API struct {
	config   Config
	services edge.Services
	routes   []*route // most specific first
	stages   map[string]*stage
	cors     *cors
}

// route is a Route ready to serve.
type route struct {
	pattern
	function      string
	timeout       time.Duration
	authorization string
	authorizer    *authorizer
}

type stage struct {
	Stage
	throttles map[string]*edge.Throttle // by route key
}

// New checks config and returns an API. services must come from edge.Services.WithDefaults. Errors are the Err values of this
// package.
func New(config Config, services edge.Services) (*API, error) {
	if config.APIID == "" {
		return nil, fmt.Errorf("httpapi: new: %w", ErrNoAPIID)
	}
	if len(config.Stages) == 0 {
		return nil, fmt.Errorf("httpapi: new %s: %w", config.APIID, ErrNoStage)
	}
	config.Limits = config.Limits.withDefaults()
	if config.DomainName == "" {
		config.DomainName = services.Account.DomainName(config.APIID)
	}
	a := &API{config: config, services: services, stages: map[string]*stage{}, cors: newCORS(config.CORS)}
	if err := a.addRoutes(); err != nil {
		return nil, fmt.Errorf("httpapi: new %s: %w", config.APIID, err)
	}
	for _, s := range config.Stages {
		running := &stage{Stage: s, throttles: map[string]*edge.Throttle{}}
		for _, r := range a.routes {
			running.throttles[r.key] = edge.NewThrottle(s.RouteThrottles[r.key].Or(s.DefaultThrottle), services.Clock)
		}
		a.stages[s.Name] = running
	}
	return a, nil
}

// ID is the API's id.
func (a *API) ID() string { return a.config.APIID }

func (a *API) addRoutes() error {
	seen := map[string]bool{}
	authorizers := map[*Authorizer]*authorizer{}
	for _, r := range a.config.Routes {
		if seen[r.Key] {
			return fmt.Errorf("%w: %q", ErrDuplicateRoute, r.Key)
		}
		seen[r.Key] = true
		ready, err := a.newRoute(r, authorizers)
		if err != nil {
			return fmt.Errorf("route %q: %w", r.Key, err)
		}
		a.routes = append(a.routes, ready)
	}
	sortRoutes(a.routes)
	return nil
}

func (a *API) newRoute(r Route, authorizers map[*Authorizer]*authorizer) (*route, error) {
	p, err := parseRouteKey(r.Key)
	if err != nil {
		return nil, err
	}
	if r.Function == "" {
		return nil, ErrNoFunction
	}
	if r.PayloadFormat != "" && r.PayloadFormat != PayloadFormat2 {
		return nil, fmt.Errorf("%w: %q", ErrPayloadFormat, r.PayloadFormat)
	}
	ready := &route{pattern: p, function: r.Function, timeout: r.Timeout, authorization: r.Authorization}
	if ready.timeout == 0 {
		ready.timeout = a.config.Limits.IntegrationTimeout
	}
	switch r.Authorization {
	case "", AuthorizationNone, AuthorizationIAM:
		return ready, nil
	case AuthorizationCustom:
	default:
		return nil, fmt.Errorf("%w: %q", ErrAuthorization, r.Authorization)
	}
	if r.Authorizer == nil {
		return nil, ErrNoAuthorizer
	}
	if authorizers[r.Authorizer] == nil {
		if authorizers[r.Authorizer], err = newAuthorizer(*r.Authorizer); err != nil {
			return nil, fmt.Errorf("authorizer: %w", err)
		}
	}
	ready.authorizer = authorizers[r.Authorizer]
	return ready, nil
}
