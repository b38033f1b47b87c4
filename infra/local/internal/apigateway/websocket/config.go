package websocket

import (
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// The predefined routes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
const (
	RouteConnect    = "$connect"
	RouteDisconnect = "$disconnect"
	RouteDefault    = "$default"
)

// A Config describes an API with its one stage, as a template does.
type Config struct {
	APIID                    string            // required
	Stage                    string            // required
	DomainName               string            // default: {apiId}.execute-api.{region}.amazonaws.com
	RouteSelectionExpression string            // default: $request.body.action
	Routes                   map[string]Route  // by route key
	StageVariables           map[string]string // default: none
	DefaultThrottle          edge.Limits       // of each route, messages a second; default: only the account's
	RouteThrottles           map[string]edge.Limits
	Limits                   Limits
}

// A Route is a route key's Lambda proxy integration.
type Route struct {
	Function      string        // ARN or name; required
	Timeout       time.Duration // default: Limits.IntegrationTimeout
	RouteResponse bool          // the function's body is sent to the client
	Authorizer    *Authorizer   // on $connect only
}

// An Authorizer is a Lambda REQUEST authorizer. Its responses are not cached.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
type Authorizer struct {
	Function string // required
	// IdentitySources such as route.request.header.Auth, route.request.querystring.token, stageVariables.x or
	// context.identity.sourceIp. A handshake that lacks one is refused with 401.
	IdentitySources []string
}

// Limits default to AWS's, each on its own.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
type Limits struct {
	IdleTimeout        time.Duration // default 10 min
	Lifetime           time.Duration // default 2 h
	IntegrationTimeout time.Duration // default 29 s
	MaxFrame           int           // bytes; default 32,000: AWS says 32 KB, and not whether that is 32,768
	MaxMessage         int           // bytes; default 128 KB
	MaxURL             int           // characters; default 4,096
	SendBuffer         int           // bytes waiting for one client; default 256 KB (AWS documents no value)
	MessagesInFlight   int           // of one client, in functions; default 16 (AWS documents no value)
	CloseWait          time.Duration // for the client's part of the closing handshake; default 2 s
	SweepInterval      time.Duration // between sweeps for idle and old connections; default 1 s
}

func (l Limits) withDefaults() Limits {
	defaultTo(&l.IdleTimeout, 10*time.Minute)
	defaultTo(&l.Lifetime, 2*time.Hour)
	defaultTo(&l.IntegrationTimeout, 29*time.Second)
	defaultTo(&l.MaxFrame, 32_000)
	defaultTo(&l.MaxMessage, 128<<10)
	defaultTo(&l.MaxURL, 4096)
	defaultTo(&l.SendBuffer, 256<<10)
	defaultTo(&l.MessagesInFlight, 16)
	defaultTo(&l.CloseWait, 2*time.Second)
	defaultTo(&l.SweepInterval, time.Second)
	return l
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// check refuses what this package cannot run, with the name of the route.
func (c Config) check() error {
	if c.APIID == "" {
		return fmt.Errorf("websocket: new: %w", ErrNoAPIID)
	}
	if c.Stage == "" {
		return fmt.Errorf("websocket: new %s: %w", c.APIID, ErrNoStage)
	}
	for key, route := range c.Routes {
		if route.Function == "" {
			return fmt.Errorf("websocket: new %s: route %q: %w", c.APIID, key, ErrNoFunction)
		}
		if route.Authorizer == nil {
			continue
		}
		if key != RouteConnect {
			return fmt.Errorf("websocket: new %s: route %q: %w", c.APIID, key, ErrAuthorizer)
		}
		if route.Authorizer.Function == "" {
			return fmt.Errorf("websocket: new %s: authorizer: %w", c.APIID, ErrNoFunction)
		}
	}
	return nil
}
