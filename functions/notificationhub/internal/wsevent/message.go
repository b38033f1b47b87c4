package wsevent

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// An Answer answers a client's frame; nil means no answer.
type Answer func(ctx context.Context, caller hub.Caller, body []byte) []byte

// Message handles the frames of a route on which every frame is answered. The answer is returned as the route response, which
// saves a call of @connections.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
func Message(answer Answer, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx = logging.WithConnection(ctx, e.RequestContext.ConnectionID)
		return respond(http.StatusOK, answerTo(ctx, e, answer, log)), nil
	}
}

// A Poster posts a frame to a connection.
type Poster interface {
	Post(ctx context.Context, connectionID string, body []byte) error
}

// postTimeout bounds a post, which could otherwise take as long as the function.
const postTimeout = 2 * time.Second

// Post handles the frames of a route on which some are not answered, as those of classic clients. The answer is posted:
// AWS does not document that a route response without a body sends nothing, and some have received an empty frame.
// https://github.com/serverless/serverless/issues/6816
func Post(answer Answer, poster Poster, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.APIGatewayWebsocketProxyRequest) (events.APIGatewayProxyResponse, error) {
		ctx = logging.WithConnection(ctx, e.RequestContext.ConnectionID)
		if body := answerTo(ctx, e, answer, log); body != nil {
			post, cancel := context.WithTimeout(ctx, postTimeout)
			defer cancel()
			if err := poster.Post(post, e.RequestContext.ConnectionID, body); err != nil {
				log.WarnContext(ctx, "answer not posted", "error", err) // a client that waits for it sends again
			}
		}
		return respond(http.StatusOK, nil), nil
	}
}

func answerTo(ctx context.Context, e events.APIGatewayWebsocketProxyRequest, answer Answer, log *slog.Logger) []byte {
	body, err := bodyOf(e)
	if err != nil {
		log.WarnContext(ctx, "frame not read", "error", err)
		return frame.Error("", frame.CodeBadRequest, "the frame could not be decoded")
	}
	return answer(ctx, callerOf(e), body)
}
