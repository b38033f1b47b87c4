package websocket

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// An API is a running WebSocket API. It is safe for concurrent use. End it with Drain or Stop.
type API struct {
	config    Config
	services  edge.Services
	selection selection
	identity  []identitySource // of the authorizer
	throttles map[string]*edge.Throttle

	connections registry
	running     sync.WaitGroup // connections, messages in functions, writers, the sweeper
	attempts    attempts
	silent      atomic.Bool // $disconnect is not run any more
	stopSweep   context.CancelFunc
}

// New starts an API. services must come from edge.Services.WithDefaults. Errors are the Err values of this package.
func New(config Config, services edge.Services) (*API, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config.Limits = config.Limits.withDefaults()
	defaultTo(&config.RouteSelectionExpression, "$request.body.action")
	defaultTo(&config.DomainName, services.Account.DomainName(config.APIID))
	a := &API{config: config, services: services, throttles: map[string]*edge.Throttle{}}
	var err error
	if a.selection, err = parseSelection(config.RouteSelectionExpression); err != nil {
		return nil, fmt.Errorf("websocket: new %s: %w", config.APIID, err)
	}
	if authorizer := config.Routes[RouteConnect].Authorizer; authorizer != nil {
		for _, source := range authorizer.IdentitySources {
			value, err := parseIdentitySource(source)
			if err != nil {
				return nil, fmt.Errorf("websocket: new %s: %w", config.APIID, err)
			}
			a.identity = append(a.identity, value)
		}
	}
	for key := range config.Routes {
		a.throttles[key] = edge.NewThrottle(config.RouteThrottles[key].Or(config.DefaultThrottle), services.Clock)
	}
	ctx, cancel := context.WithCancel(context.Background())
	a.stopSweep = cancel
	a.running.Go(func() { a.sweepUntil(ctx) })
	return a, nil
}

// ID is the API's id.
func (a *API) ID() string { return a.config.APIID }

// Len counts the open connections.
func (a *API) Len() int { return a.connections.len() }

// Serve handles r. path is the escaped path below the API: "/prod" or "/prod/@connections/{connectionId}"; r itself stays as
// the caller signed it.
func (a *API) Serve(w http.ResponseWriter, r *http.Request, path string) {
	stage, rest, deeper := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if name, err := url.PathUnescape(stage); err != nil || name != a.config.Stage {
		writeError(w, http.StatusForbidden, "ForbiddenException", "Forbidden")
		return
	}
	if !deeper || rest == "" {
		a.handshake(w, r)
		return
	}
	kind, escaped, _ := strings.Cut(rest, "/")
	kind, err := url.PathUnescape(kind)
	id, idErr := url.PathUnescape(escaped)
	if err != nil || idErr != nil || kind != "@connections" || id == "" {
		writeError(w, http.StatusForbidden, "ForbiddenException", "Forbidden")
		return
	}
	a.manage(w, r, id)
}

// CloseConnection cuts a connection without a close frame, as a lost network does; false if there is none.
func (a *API) CloseConnection(id string) bool {
	c := a.connections.get(id)
	if c == nil {
		return false
	}
	c.cut()
	return true
}
