package websocket

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/policy"
)

// unauthorized is the message of the one function error that means 401.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
const unauthorized = "Unauthorized"

// authorize invokes the authorizer of $connect, if there is one, and keeps its context in h.
func (a *API) authorize(ctx context.Context, h *handshake) *refusal {
	authorizer := a.config.Routes[RouteConnect].Authorizer
	if authorizer == nil {
		return nil
	}
	if !complete(a.identity, *h) {
		return refuseUnauthorized
	}
	event, err := a.authorizerEvent(*h)
	if err != nil {
		return internal(err)
	}
	response, err := edge.Call(ctx, a.services.Invoker, authorizer.Function, event, a.config.Limits.IntegrationTimeout)
	if err != nil {
		var failure *edge.FunctionFailure
		if errors.As(err, &failure) && failure.Message == unauthorized {
			return refuseUnauthorized
		}
		return a.authorizerFailure(*h, err)
	}
	if len(response) > policy.MaxAnswerBytes {
		return a.authorizerFailure(*h, errors.New("answer is larger than 8 KB"))
	}
	answer, err := policy.ParseAnswer(response)
	if err != nil {
		return a.authorizerFailure(*h, err)
	}
	if h.authorizer, err = authorizerContext(answer); err != nil {
		return a.authorizerFailure(*h, err)
	}
	decision := answer.Policy.Decide(policy.Request{
		Action: edge.ActionInvoke, Resource: a.routeARN(RouteConnect),
		Context: map[string]string{"aws:sourceip": h.sourceIP, "aws:useragent": h.userAgent},
	})
	if decision != policy.Allow {
		return refuseForbidden
	}
	return nil
}

// authorizerContext is requestContext.authorizer of every later event: all values as text, and principalId.
func authorizerContext(answer policy.Answer) (json.RawMessage, error) {
	texts, err := policy.Strings(answer.Context)
	if err != nil {
		return nil, err
	}
	texts["principalId"] = answer.PrincipalID
	return edge.JSON(texts)
}

func (a *API) authorizerFailure(h handshake, err error) *refusal {
	a.services.Log.Warn("authorizer failed", "api", a.config.APIID, "connection", h.connectionID, "error", err)
	return &refusal{
		status: http.StatusInternalServerError, code: "AuthorizerConfigurationException", message: internalMessage,
	}
}
