package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// event is payload format 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
type event struct {
	Version string `json:"version"`
	call
	Body            *string `json:"body,omitempty"`
	IsBase64Encoded bool    `json:"isBase64Encoded"`
}

// call is what a route's function and its authorizer both get.
type call struct {
	RouteKey              string            `json:"routeKey"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Cookies               []string          `json:"cookies,omitempty"`
	Headers               map[string]string `json:"headers"`
	QueryStringParameters map[string]string `json:"queryStringParameters,omitempty"`
	RequestContext        requestContext    `json:"requestContext"`
	PathParameters        map[string]string `json:"pathParameters,omitempty"`
	StageVariables        map[string]string `json:"stageVariables,omitempty"`
}

type requestContext struct {
	AccountID    string          `json:"accountId"`
	APIID        string          `json:"apiId"`
	Authorizer   json.RawMessage `json:"authorizer,omitempty"`
	DomainName   string          `json:"domainName"`
	DomainPrefix string          `json:"domainPrefix"`
	HTTP         httpContext     `json:"http"`
	RequestID    string          `json:"requestId"`
	RouteKey     string          `json:"routeKey"`
	Stage        string          `json:"stage"`
	Time         string          `json:"time"`
	TimeEpoch    int64           `json:"timeEpoch"`
}

type httpContext struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// integrationEvent is what a route's function receives. authorizer is requestContext.authorizer, or nil.
func (a *API) integrationEvent(q *request, authorizer json.RawMessage) ([]byte, error) {
	e := event{Version: PayloadFormat2, call: a.call(q, authorizer)}
	if len(q.body) > 0 {
		text, encoded := bodyText(q.body, q.Header.Get("Content-Type"))
		e.Body, e.IsBase64Encoded = &text, encoded
	}
	return edge.JSON(e)
}

func (a *API) call(q *request, authorizer json.RawMessage) call {
	return call{
		RouteKey: q.route.key, RawPath: q.path, RawQueryString: q.URL.RawQuery, Cookies: q.cookies, Headers: q.headers,
		QueryStringParameters: joined(q.query), RequestContext: a.context(q, authorizer),
		PathParameters: q.parameters, StageVariables: q.stage.Variables,
	}
}

func (a *API) context(q *request, authorizer json.RawMessage) requestContext {
	prefix, _, _ := strings.Cut(a.config.DomainName, ".")
	return requestContext{
		AccountID: a.services.Account.ID, APIID: a.config.APIID, Authorizer: authorizer,
		DomainName: a.config.DomainName, DomainPrefix: prefix,
		HTTP: httpContext{
			Method: q.Method, Path: q.path, Protocol: q.Proto, SourceIP: q.sourceIP, UserAgent: q.UserAgent(),
		},
		RequestID: q.id, RouteKey: q.route.key, Stage: q.stage.Name,
		Time: edge.RequestTime(q.at), TimeEpoch: q.at.UnixMilli(),
	}
}

// bodyText returns a body as text if its media type is text to AWS, else as base64. A body without a type, and a form, are
// not text. https://github.com/ministackorg/ministack/pull/766 (tried on AWS)
func bodyText(body []byte, contentType string) (text string, encoded bool) {
	kind, _, err := mime.ParseMediaType(contentType)
	textual := err == nil && (strings.HasPrefix(kind, "text/") || kind == "application/json" ||
		kind == "application/xml" || kind == "application/javascript")
	if textual && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}
