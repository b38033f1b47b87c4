package wsevent

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// An Answer answers a client's frame; nil means no answer.
type Answer func(ctx context.Context, caller hub.Caller, body []byte) []byte

// Message handles the frames of a route. The answer is returned as the route response, which saves a call of @connections.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
func Message(answer Answer, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx = logging.WithConnection(ctx, e.RequestContext.ConnectionID)
		body, err := bodyOf(e)
		if err != nil {
			log.WarnContext(ctx, "frame not read", "error", err)
			return respond(http.StatusOK, frame.Error("", frame.CodeBadRequest, "the frame could not be decoded")), nil
		}
		return respond(http.StatusOK, answer(ctx, callerOf(e), body)), nil
	}
}
