package websocket

import "context"

// disconnect runs the $disconnect integration once for a connection that has ended. Its outcome does not matter: the client
// is gone.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
func (a *API) disconnect(c *connection) {
	route, exists := a.config.Routes[RouteDisconnect]
	if !exists || a.silent.Load() {
		return
	}
	c.mu.Lock()
	why := c.why
	c.mu.Unlock()
	event, err := a.disconnectEvent(c.origin, a.services.IDs.Next(), why)
	if err == nil {
		_, err = a.call(context.Background(), route, event)
	}
	if err != nil {
		a.services.Log.Warn("$disconnect failed", "api", a.config.APIID, "connection", c.connectionID, "error", err)
	}
}
