package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/policy"
)

// authorizer is an Authorizer ready to be invoked.
type authorizer struct {
	Authorizer
	sources []identitySource
	cache   *cache // nil without caching
}

func newAuthorizer(config Authorizer) (*authorizer, error) {
	if config.PayloadFormat == "" {
		config.PayloadFormat = PayloadFormat2
	}
	switch {
	case config.Function == "":
		return nil, ErrNoFunction
	case config.PayloadFormat != PayloadFormat1 && config.PayloadFormat != PayloadFormat2,
		config.PayloadFormat == PayloadFormat1 && config.SimpleResponses:
		return nil, fmt.Errorf("%w: %q with simple responses: %t", ErrPayloadFormat, config.PayloadFormat, config.SimpleResponses)
	case config.TTL > 0 && len(config.IdentitySources) == 0:
		return nil, ErrNoCacheKey
	}
	a := &authorizer{Authorizer: config}
	for _, source := range config.IdentitySources {
		value, err := parseIdentitySource(source)
		if err != nil {
			return nil, err
		}
		a.sources = append(a.sources, value)
	}
	if config.TTL > 0 {
		a.cache = newCache(config.TTL)
	}
	return a, nil
}

// verdict is an authorizer's response: a yes or no, or a policy to evaluate for each route.
type verdict struct {
	allowed bool
	policy  *policy.Document
	context json.RawMessage // an object, or nil
}

var (
	refuseUnauthorized = refuse(http.StatusUnauthorized, "Unauthorized")
	refuseForbidden    = refuse(http.StatusForbidden, "Forbidden")
	refuseBroken       = refuse(http.StatusInternalServerError, "Internal Server Error")
)

// authorize returns requestContext.authorizer, nil on an open route, or a refusal.
func (a *API) authorize(ctx context.Context, q *request) (json.RawMessage, *response) {
	switch q.route.authorization {
	case AuthorizationIAM:
		return a.authorizeIAM(q)
	case AuthorizationCustom:
		return a.authorizeCustom(ctx, q)
	}
	return nil, nil
}

func (a *API) authorizeCustom(ctx context.Context, q *request) (json.RawMessage, *response) {
	identity := make([]string, len(q.route.authorizer.sources))
	for i, value := range q.route.authorizer.sources {
		if identity[i] = value(q); identity[i] == "" {
			return nil, fresh(refuseUnauthorized)
		}
	}
	v, err := a.verdict(ctx, q, identity)
	if err != nil {
		var failure *edge.FunctionFailure
		if errors.As(err, &failure) && failure.Message == "Unauthorized" {
			return nil, fresh(refuseUnauthorized)
		}
		a.services.Log.Warn("authorizer failed", "api", a.config.APIID, "route", q.route.key, "request", q.id, "error", err)
		return nil, fresh(refuseBroken)
	}
	if !a.allows(v, q) {
		return nil, fresh(refuseForbidden)
	}
	context, err := edge.JSON(map[string]json.RawMessage{"lambda": v.context})
	if err != nil {
		return nil, fresh(refuseBroken)
	}
	return context, nil
}

// verdict looks into the cache, then invokes the function. Errors are not cached.
func (a *API) verdict(ctx context.Context, q *request, identity []string) (verdict, error) {
	authorizer, now := q.route.authorizer, a.services.Clock.Now()
	key := cacheKey(q.stage.Name, identity)
	if v, hit := authorizer.cache.get(key, now); hit {
		return v, nil
	}
	payload, err := a.authorizerEvent(q, identity)
	if err != nil {
		return verdict{}, err
	}
	raw, err := edge.Call(ctx, a.services.Invoker, authorizer.Function, payload, a.config.Limits.AuthorizerTimeout)
	if err != nil {
		return verdict{}, err
	}
	v, err := authorizer.parse(raw)
	if err != nil {
		return verdict{}, err
	}
	authorizer.cache.put(key, v, now)
	return v, nil
}

// parse reads {"isAuthorized","context"}, or a policy. A context must be an object.
func (a *authorizer) parse(raw []byte) (verdict, error) {
	if !a.SimpleResponses {
		answer, err := policy.ParseAnswer(raw)
		if err != nil || answer.Context == nil {
			return verdict{policy: answer.Policy}, err
		}
		context, err := edge.JSON(answer.Context)
		return verdict{policy: answer.Policy, context: context}, err
	}
	var simple struct {
		IsAuthorized *bool                      `json:"isAuthorized"`
		Context      map[string]json.RawMessage `json:"context"`
	}
	if err := json.Unmarshal(raw, &simple); err != nil {
		return verdict{}, fmt.Errorf("%w: %w", policy.ErrMalformed, err)
	}
	if simple.IsAuthorized == nil {
		return verdict{}, fmt.Errorf("%w: isAuthorized is missing", policy.ErrMalformed)
	}
	v := verdict{allowed: *simple.IsAuthorized}
	if simple.Context != nil {
		var err error
		if v.context, err = edge.JSON(simple.Context); err != nil {
			return verdict{}, err
		}
	}
	return v, nil
}

func (a *API) allows(v verdict, q *request) bool {
	if v.policy == nil {
		return v.allowed
	}
	return v.policy.Decide(policy.Request{
		Action: edge.ActionInvoke, Resource: a.arn(q),
		Context: map[string]string{"aws:sourceip": q.sourceIP, "aws:useragent": q.UserAgent()},
	}) == policy.Allow
}

// fresh copies a refusal, because CORS may change its header.
func fresh(r response) *response {
	r.header = r.header.Clone()
	return &r
}
