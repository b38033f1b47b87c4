package websocket

import (
	"context"
	"net"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/frame"
)

// handshake runs one attempt to connect, from the authorizer to the upgrade. Until the $connect integration has
// answered, the connection does not exist.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
func (a *API) handshake(w http.ResponseWriter, r *http.Request) {
	h := a.newHandshake(r)
	if refusal := a.admit(r); refusal != nil {
		h.refuse(w, refusal)
		return
	}
	defer a.attempts.leave()
	// The functions run to their end even if the client disconnects meanwhile, as on AWS.
	ctx := context.WithoutCancel(r.Context())
	if refusal := a.authorize(ctx, &h); refusal != nil {
		h.refuse(w, refusal)
		return
	}
	protocol, refusal := a.connect(ctx, h)
	if refusal != nil {
		h.refuse(w, refusal)
		return
	}
	a.upgrade(w, r, h, protocol)
}

func (a *API) newHandshake(r *http.Request) handshake {
	now := a.services.Clock.Now()
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	return handshake{
		connectionID:   a.services.IDs.Next(),
		requestID:      a.services.IDs.Next(),
		connectedAt:    now,
		header:         headersOf(r, a.config.DomainName, ip, a.services.IDs.Trace(now)),
		query:          queryOf(r.URL.RawQuery),
		sourceIP:       ip,
		userAgent:      r.UserAgent(),
		stageVariables: a.config.StageVariables,
	}
}

// admit refuses what can be refused without a function. Without a refusal, the attempt is entered and must leave.
func (a *API) admit(r *http.Request) *refusal {
	switch {
	case !frame.IsUpgrade(r):
		return &refusal{status: http.StatusUpgradeRequired, code: "BadRequestException", message: "Upgrade Required"}
	case frame.CheckUpgrade(r) != "":
		return &refusal{status: http.StatusBadRequest, code: "BadRequestException", message: "Bad Request"}
	case len(r.RequestURI) > a.config.Limits.MaxURL:
		return &refusal{status: http.StatusRequestURITooLong, code: "RequestURITooLongException", message: "Request-URI Too Long"}
	case !a.services.Connections.Allow(), !a.services.Requests.Allow(), !a.allows(RouteConnect):
		return &refusal{status: http.StatusTooManyRequests, code: "TooManyRequestsException", message: "Too Many Requests"}
	case !a.attempts.enter():
		return &refusal{status: http.StatusServiceUnavailable, code: "ServiceUnavailableException", message: "Service Unavailable"}
	}
	return nil
}

// allows takes a token from the throttle of a route.
func (a *API) allows(routeKey string) bool {
	throttle, exists := a.throttles[routeKey]
	return !exists || throttle.Allow()
}

// connect runs the $connect integration and returns the subprotocol that it chose.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
func (a *API) connect(ctx context.Context, h handshake) (protocol string, _ *refusal) {
	route, exists := a.config.Routes[RouteConnect]
	if !exists {
		return "", nil
	}
	event, err := a.connectEvent(h)
	if err != nil {
		return "", internal(err)
	}
	response, err := a.call(ctx, route, event)
	if err != nil {
		a.services.Log.Warn("$connect failed", "api", a.config.APIID, "connection", h.connectionID, "error", err)
		return "", connectFailure(err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return "", &refusal{status: response.StatusCode, body: response.body}
	}
	return response.header("Sec-WebSocket-Protocol"), nil
}

// call runs a route's function and reads its proxy response.
func (a *API) call(ctx context.Context, route Route, event []byte) (proxyResponse, error) {
	timeout := route.Timeout
	defaultTo(&timeout, a.config.Limits.IntegrationTimeout)
	raw, err := edge.Call(ctx, a.services.Invoker, route.Function, event, timeout)
	if err != nil {
		return proxyResponse{}, err
	}
	return parseProxyResponse(raw)
}
