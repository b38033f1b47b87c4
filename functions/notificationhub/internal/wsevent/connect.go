package wsevent

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/session"
)

// A Handler handles an event of a WebSocket API.
type Handler = func(context.Context, events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error)

// A Joiner adds a connection to its room.
type Joiner interface {
	Join(ctx context.Context, caller hub.Caller) error
}

// A Leaver removes a connection from its room.
type Leaver interface {
	Leave(ctx context.Context, caller hub.Caller) error
}

// Connect handles $connect. A failure of the hub is an error, so that it counts among the function's errors; the client
// sees 500. Any status but 200 refuses the handshake.
func Connect(joiner Joiner, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx = logging.WithConnection(ctx, e.RequestContext.ConnectionID)
		caller := callerOf(e)
		offered := admission.ParseProtocols(header(headerProtocol, e.MultiValueHeaders, e.Headers))
		caller.Protocol = offered.Protocol
		switch err := joiner.Join(ctx, caller); {
		case errors.Is(err, session.ErrNoIdentity):
			log.ErrorContext(ctx, "the authorizer gave no identity", "error", err)
			return respond(http.StatusForbidden, nil), nil
		case err != nil:
			log.ErrorContext(ctx, "connection not added", "room_id", caller.RoomID, "error", err)
			return events.APIGatewayProxyResponse{}, errUnavailable
		}
		log.InfoContext(ctx, "connected", "room_id", caller.RoomID, "protocol", caller.Protocol)
		return accept(offered.Protocol), nil
	}
}

// accept echoes the subprotocol that the hub speaks: a browser that offered one closes unless the answer selects one.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
func accept(protocol string) events.APIGatewayProxyResponse {
	response := respond(http.StatusOK, nil)
	if protocol != "" {
		response.Headers = map[string]string{headerProtocol: protocol}
	}
	return response
}

// Disconnect handles $disconnect. Nobody receives its response; an error counts among the function's errors.
func Disconnect(leaver Leaver, lives *metrics.Emitter, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx = logging.WithConnection(ctx, e.RequestContext.ConnectionID)
		caller := callerOf(e)
		if err := leaver.Leave(ctx, caller); err != nil {
			log.ErrorContext(ctx, "connection not removed", "room_id", caller.RoomID, "error", err)
			return events.APIGatewayProxyResponse{}, errUnavailable
		}
		lives.Write(metrics.Seconds(contract.MetricConnectionSeconds, time.Duration(e.RequestContext.RequestTimeEpoch-e.RequestContext.ConnectedAt)*time.Millisecond))
		log.InfoContext(ctx, "disconnected", "room_id", caller.RoomID, "status", e.RequestContext.DisconnectStatusCode)
		return respond(http.StatusOK, nil), nil
	}
}

func respond(status int, body []byte) events.APIGatewayProxyResponse {
	return events.APIGatewayProxyResponse{StatusCode: status, Body: string(body)}
}
