package wsevent

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
)

// An AuthorizerRequest is the event of a WebSocket API's Lambda REQUEST authorizer: the connect event, with the ARN of the
// method to allow.
type AuthorizerRequest struct {
	events.APIGatewayWebsocketProxyRequest
	MethodArn string `json:"methodArn"`
}

// An Admitter decides who may connect.
type Admitter interface {
	Admit(ctx context.Context, h admission.Handshake) (admission.Grant, error)
}

// An AuthorizeHandler handles the events of a Lambda REQUEST authorizer.
type AuthorizeHandler = func(context.Context, AuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error)

// Authorize handles the authorizer's events. A refused token is answered with a policy that denies, which the client sees
// as 403. Only a failure of the hub is an error, which the client sees as 500.
func Authorize(admitter Admitter, counts *metrics.Emitter, log *slog.Logger) AuthorizeHandler {
	return func(ctx context.Context, e AuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		ctx = logging.WithConnection(ctx, e.RequestContext.ConnectionID)
		grant, err := admitter.Admit(ctx, handshakeOf(e))
		switch {
		case errors.Is(err, token.ErrRefused):
			log.WarnContext(ctx, "connection denied", "reason", err)
			counts.Count(contract.MetricRefusedTokens, 1)
			return policy("anonymous", "Deny", e.MethodArn), nil
		case err != nil:
			log.ErrorContext(ctx, "connection not authorized", "error", err)
			return events.APIGatewayCustomAuthorizerResponse{}, errUnavailable
		}
		log.InfoContext(ctx, "connection allowed", "room_id", grant.Claims.RoomID, "protocol", grant.Protocol)
		allow := policy(grant.Claims.UserID, "Allow", e.MethodArn)
		allow.Context = map[string]any{
			contract.ContextUserID:    grant.Claims.UserID,
			contract.ContextRoomID:    grant.Claims.RoomID,
			contract.ContextExpiresAt: strconv.FormatInt(grant.Claims.ExpiresAt.Unix(), 10),
			contract.ContextProtocol:  grant.Protocol,
		}
		return allow, nil
	}
}

func handshakeOf(e AuthorizerRequest) admission.Handshake {
	return admission.Handshake{
		QueryToken: e.QueryStringParameters[contract.TokenQueryParameter],
		Protocols:  header(headerProtocol, e.MultiValueHeaders, e.Headers),
		Origin:     header(headerOrigin, e.MultiValueHeaders, e.Headers),
	}
}

// policy names only the requested method, so that it opens nothing else however long it might be cached.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-lambda-authorizer-output.html
func policy(principal, effect, methodArn string) events.APIGatewayCustomAuthorizerResponse {
	return events.APIGatewayCustomAuthorizerResponse{
		PrincipalID: principal,
		PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
			Version: "2012-10-17",
			Statement: []events.IAMPolicyStatement{{
				Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: []string{methodArn},
			}},
		},
	}
}
