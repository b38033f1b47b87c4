package api

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// An AuthorizeHandler handles the events of the HTTP API's authorizer.
type AuthorizeHandler = func(context.Context, events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error)

// A Verifier verifies the value of an Authorization header for a group.
type Verifier interface {
	Verify(ctx context.Context, header, group string) error
}

// Authorize answers API Gateway's authorizer in the simple format: false makes it 403. Only a failure of the scheduler
// is an error.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
func Authorize(v Verifier, log *slog.Logger) AuthorizeHandler {
	return func(ctx context.Context, e events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
		group := e.PathParameters[contract.PathGroup]
		err := v.Verify(ctx, e.Headers["authorization"], group)
		if errors.Is(err, token.ErrRefused) {
			log.WarnContext(ctx, "refused", "group", group, "route", e.RouteKey, "reason", err.Error())
			return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, nil
		}
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{IsAuthorized: err == nil}, err
	}
}
