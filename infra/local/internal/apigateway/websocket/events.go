package websocket

import (
	"maps"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

func (a *API) authorizerEvent(h handshake) ([]byte, error) {
	headers := maps.Clone(h.header)
	headers["content-length"] = []string{"0"} // AWS's spelling
	return edge.JSON(authorizerEvent{
		Type:                            "REQUEST",
		MethodARN:                       a.routeARN(RouteConnect),
		Headers:                         last(headers),
		MultiValueHeaders:               headers,
		QueryStringParameters:           last(h.query),
		MultiValueQueryStringParameters: h.query,
		StageVariables:                  edge.OrEmpty(a.config.StageVariables),
		RequestContext:                  a.context(h.origin(), RouteConnect, eventConnect, h.requestID),
	})
}

func (a *API) connectEvent(h handshake) ([]byte, error) {
	headers := maps.Clone(h.header)
	delete(headers, "Connection") // the authorizer sees them, the integration does not
	delete(headers, "Upgrade")
	return edge.JSON(proxyEvent{
		Headers:                         last(headers),
		MultiValueHeaders:               headers,
		QueryStringParameters:           last(h.query),
		MultiValueQueryStringParameters: h.query,
		StageVariables:                  a.config.StageVariables,
		RequestContext:                  a.context(h.origin(), RouteConnect, eventConnect, h.requestID),
	})
}

func (a *API) messageEvent(o origin, routeKey, requestID string, message []byte) ([]byte, error) {
	body := string(message) // valid UTF-8: the reader refuses anything else, and binary frames
	c := a.context(o, routeKey, eventMessage, requestID)
	c.MessageID = a.services.IDs.Next()
	return edge.JSON(proxyEvent{StageVariables: a.config.StageVariables, RequestContext: c, Body: &body})
}

// disconnectEvent has the few headers that AWS sets there, most of them empty.
func (a *API) disconnectEvent(o origin, requestID string, why cause) ([]byte, error) {
	headers := map[string][]string{
		"Host": {a.config.DomainName}, "x-api-key": {""}, "X-Forwarded-For": {""}, "x-restapi": {""},
	}
	c := a.context(o, RouteDisconnect, eventDisconnect, requestID)
	c.DisconnectStatusCode, c.DisconnectReason = why.code, &why.reason
	return edge.JSON(proxyEvent{
		Headers: last(headers), MultiValueHeaders: headers,
		StageVariables: a.config.StageVariables, RequestContext: c,
	})
}

func (a *API) routeARN(routeKey string) string {
	return a.services.Account.ExecuteARN(a.config.APIID, a.config.Stage, routeKey)
}
