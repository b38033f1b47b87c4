package websocket

import (
	"context"
	"errors"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

const (
	unitBytes      = 32 << 10 // a billed message: https://aws.amazon.com/api-gateway/pricing/
	timeoutMessage = "Endpoint request timed out"
)

// handle routes one message and sends the response.
func (a *API) handle(c *connection, message []byte) {
	requestID := a.services.IDs.Next()
	reply := a.answer(c, message, requestID)
	if reply == nil {
		return
	}
	if err := a.push(c, reply, ""); err != nil {
		a.services.Log.Debug("reply not sent", "api", a.config.APIID, "connection", c.connectionID, "error", err)
	}
}

// answer is the frame that responds to a message: an error, the body of a route response, which may be empty, or nil.
func (a *API) answer(c *connection, message []byte, requestID string) []byte {
	if !a.services.Requests.Allow() {
		return errorFrame("Too Many Requests", c.connectionID, requestID)
	}
	key, route, found := a.route(message)
	if !found {
		return errorFrame("Forbidden", c.connectionID, requestID)
	}
	if !a.allows(key) {
		return errorFrame("Too Many Requests", c.connectionID, requestID)
	}
	event, err := a.messageEvent(c.origin, key, requestID, message)
	if err != nil {
		return errorFrame(internalMessage, c.connectionID, requestID)
	}
	response, err := a.call(context.Background(), route, event)
	if err != nil {
		a.services.Log.Warn("integration failed", "api", a.config.APIID, "route", key,
			"connection", c.connectionID, "error", err)
		if errors.Is(err, edge.ErrTimeout) {
			return errorFrame(timeoutMessage, c.connectionID, requestID)
		}
		return errorFrame(internalMessage, c.connectionID, requestID)
	}
	if !route.RouteResponse {
		return nil
	}
	if response.body == nil {
		// AWS does not document what an answer without a body sends; some have received an empty frame.
		// https://github.com/serverless/serverless/issues/6816
		return []byte{}
	}
	return response.body
}

// route finds the route of a message: the one its selection expression names, else $default.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
func (a *API) route(message []byte) (string, Route, bool) {
	key, selected := a.selection.evaluate(message)
	if selected && key != RouteConnect && key != RouteDisconnect {
		if route, exists := a.config.Routes[key]; exists {
			return key, route, true
		}
	}
	route, exists := a.config.Routes[RouteDefault]
	return RouteDefault, route, exists
}

// push sends one message to the client, metered for function, "" for the gateway itself.
func (a *API) push(c *connection, payload []byte, function string) error {
	if a.services.Faults.Inject("socket", "close", "").Drop {
		c.cut()
		return errGone
	}
	if err := c.send(opcodeOf(payload), payload); err != nil {
		return err
	}
	c.touch()
	a.services.Meter.Count(function, edge.MeterService, edge.MeterMessage, edge.Units(len(payload), unitBytes))
	return nil
}
