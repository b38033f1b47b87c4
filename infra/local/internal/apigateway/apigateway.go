package apigateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/httpapi"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/websocket"
)

// Prefix is the path below which the APIs are served.
const Prefix = "/_aws/execute-api/"

// ErrDuplicateAPI refuses a second API of the same id. Test with errors.Is.
var ErrDuplicateAPI = errors.New("API id is used twice")

// A Gateway serves APIs of one account. It is safe for concurrent use. End it with Drain or Stop.
type Gateway struct {
	services edge.Services

	mu      sync.RWMutex
	apis    map[string]server
	deploys map[string]time.Time // of APIs that do not answer before
	sockets []*websocket.API
}

type server interface {
	Serve(w http.ResponseWriter, r *http.Request, path string)
}

// New returns a gateway without APIs. Its APIs share the throttles of services.
func New(services edge.Services) (*Gateway, error) {
	services, err := services.WithDefaults()
	if err != nil {
		return nil, fmt.Errorf("gateway: new: %w", err)
	}
	return &Gateway{services: services, apis: map[string]server{}, deploys: map[string]time.Time{}}, nil
}

// AddWebSocket starts a WebSocket API.
func (g *Gateway) AddWebSocket(config websocket.Config) (*websocket.API, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.free(config.APIID); err != nil {
		return nil, err
	}
	api, err := websocket.New(config, g.services)
	if err != nil {
		return nil, fmt.Errorf("gateway: add: %w", err)
	}
	g.apis[config.APIID], g.sockets = api, append(g.sockets, api)
	return api, nil
}

// AddHTTP starts an HTTP API.
func (g *Gateway) AddHTTP(config httpapi.Config) (*httpapi.API, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.free(config.APIID); err != nil {
		return nil, err
	}
	api, err := httpapi.New(config, g.services)
	if err != nil {
		return nil, fmt.Errorf("gateway: add: %w", err)
	}
	g.apis[config.APIID] = api
	return api, nil
}

func (g *Gateway) free(id string) error {
	if g.apis[id] != nil {
		return fmt.Errorf("gateway: add %s: %w", id, ErrDuplicateAPI)
	}
	return nil
}

// Postpone makes an API answer 404 for the next d, as a stage with AutoDeploy does until its asynchronous deployment is done
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html).
func (g *Gateway) Postpone(id string, d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.deploys[id] = g.services.Clock.Now().Add(d)
}

// ServeHTTP implements http.Handler for paths below Prefix. w must support Hijack, itself or through Unwrap.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, below := strings.CutPrefix(r.URL.EscapedPath(), Prefix)
	id, rest, _ := strings.Cut(path, "/")
	g.mu.RLock()
	api, deploys := g.apis[id], g.deploys[id]
	g.mu.RUnlock()
	if !below || api == nil || g.services.Clock.Now().Before(deploys) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		w.Write([]byte(`{"message":"Not Found"}`)) //nolint:errcheck // the client has disconnected
		return
	}
	api.Serve(w, r, "/"+rest)
}

// Drain closes all WebSocket connections with 1001, runs their $disconnect and waits for it until ctx ends.
func (g *Gateway) Drain(ctx context.Context) error { return g.stop(ctx, (*websocket.API).Drain) }

// Stop is Drain without $disconnect.
func (g *Gateway) Stop(ctx context.Context) error { return g.stop(ctx, (*websocket.API).Stop) }

// stop ends the WebSocket APIs concurrently: each may have to wait for its clients.
func (g *Gateway) stop(ctx context.Context, end func(*websocket.API, context.Context) error) error {
	g.mu.RLock()
	sockets := g.sockets
	g.mu.RUnlock()
	errs := make([]error, len(sockets))
	var ended sync.WaitGroup
	for i, api := range sockets {
		ended.Go(func() { errs[i] = end(api, ctx) })
	}
	ended.Wait()
	return errors.Join(errs...)
}
