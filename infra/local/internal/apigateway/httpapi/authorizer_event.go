package httpapi

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// authorizerEvent2 is payload format 2.0 of an authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
type authorizerEvent2 struct {
	Version        string   `json:"version"`
	Type           string   `json:"type"`
	RouteARN       string   `json:"routeArn"`
	IdentitySource []string `json:"identitySource"` // null without identity sources
	call
}

// authorizerEvent1 is payload format 1.0 of an authorizer.
type authorizerEvent1 struct {
	Version               string            `json:"version"`
	Type                  string            `json:"type"`
	MethodARN             string            `json:"methodArn"`
	IdentitySource        string            `json:"identitySource"`
	AuthorizationToken    string            `json:"authorizationToken"`
	Resource              string            `json:"resource"`
	Path                  string            `json:"path"`
	HTTPMethod            string            `json:"httpMethod"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters"`
	PathParameters        map[string]string `json:"pathParameters"`
	StageVariables        map[string]string `json:"stageVariables"`
	RequestContext        context1          `json:"requestContext"`
}

type context1 struct {
	Path         string    `json:"path"`
	AccountID    string    `json:"accountId"`
	ResourceID   string    `json:"resourceId"`
	Stage        string    `json:"stage"`
	DomainName   string    `json:"domainName"`
	DomainPrefix string    `json:"domainPrefix"`
	RequestID    string    `json:"requestId"`
	Identity     identity1 `json:"identity"`
	ResourcePath string    `json:"resourcePath"`
	HTTPMethod   string    `json:"httpMethod"`
	APIID        string    `json:"apiId"`
}

type identity1 struct {
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

func (a *API) authorizerEvent(q *request, identity []string) ([]byte, error) {
	if q.route.authorizer.PayloadFormat == PayloadFormat1 {
		return edge.JSON(a.authorizerEvent1(q, identity))
	}
	if len(identity) == 0 {
		identity = nil
	}
	return edge.JSON(authorizerEvent2{
		Version: PayloadFormat2, Type: "REQUEST", RouteARN: a.arn(q), IdentitySource: identity, call: a.call(q, nil),
	})
}

func (a *API) authorizerEvent1(q *request, identity []string) authorizerEvent1 {
	token := strings.Join(identity, ",")
	c := a.context(q, nil)
	query := make(map[string]string, len(q.query))
	for name, values := range q.query {
		query[name] = values[len(values)-1]
	}
	return authorizerEvent1{
		Version: PayloadFormat1, Type: "REQUEST", MethodARN: a.arn(q), IdentitySource: token, AuthorizationToken: token,
		Resource: q.route.path, Path: q.path, HTTPMethod: q.Method, Headers: q.headers,
		QueryStringParameters: query, PathParameters: edge.OrEmpty(q.parameters), StageVariables: edge.OrEmpty(q.stage.Variables),
		RequestContext: context1{
			Path: q.path, AccountID: c.AccountID, ResourceID: q.route.key, Stage: c.Stage,
			DomainName: c.DomainName, DomainPrefix: c.DomainPrefix, RequestID: q.id,
			Identity:     identity1{SourceIP: q.sourceIP, UserAgent: q.UserAgent()},
			ResourcePath: q.route.path, HTTPMethod: q.Method, APIID: c.APIID,
		},
	}
}
