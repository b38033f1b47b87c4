package websocket

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// Event types. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
const (
	eventConnect    = "CONNECT"
	eventMessage    = "MESSAGE"
	eventDisconnect = "DISCONNECT"
)

// requestContext is part of every event, in the order in which AWS writes it.
type requestContext struct {
	RouteKey             string          `json:"routeKey"`
	Authorizer           json.RawMessage `json:"authorizer,omitempty"`
	DisconnectStatusCode int             `json:"disconnectStatusCode,omitempty"`
	MessageID            string          `json:"messageId,omitempty"`
	EventType            string          `json:"eventType"`
	ExtendedRequestID    string          `json:"extendedRequestId"`
	RequestTime          string          `json:"requestTime"`
	MessageDirection     string          `json:"messageDirection"`
	DisconnectReason     *string         `json:"disconnectReason,omitempty"`
	Stage                string          `json:"stage"`
	ConnectedAt          int64           `json:"connectedAt"`
	RequestTimeEpoch     int64           `json:"requestTimeEpoch"`
	Identity             identity        `json:"identity"`
	RequestID            string          `json:"requestId"`
	DomainName           string          `json:"domainName"`
	ConnectionID         string          `json:"connectionId"`
	APIID                string          `json:"apiId"`
}

type identity struct {
	UserAgent string `json:"userAgent,omitempty"`
	SourceIP  string `json:"sourceIp"`
}

// proxyEvent is the event of a Lambda proxy integration.
type proxyEvent struct {
	Headers                         map[string]string   `json:"headers,omitempty"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders,omitempty"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters,omitempty"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters,omitempty"`
	StageVariables                  map[string]string   `json:"stageVariables,omitempty"`
	RequestContext                  requestContext      `json:"requestContext"`
	Body                            *string             `json:"body,omitempty"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

// authorizerEvent is the event of a REQUEST authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
type authorizerEvent struct {
	Type                            string              `json:"type"`
	MethodARN                       string              `json:"methodArn"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	StageVariables                  map[string]string   `json:"stageVariables"`
	RequestContext                  requestContext      `json:"requestContext"`
}

// handshake is one attempt to connect.
type handshake struct {
	connectionID   string
	requestID      string
	connectedAt    time.Time
	header         http.Header // with what AWS's edge adds
	query          url.Values
	sourceIP       string
	userAgent      string
	stageVariables map[string]string
	authorizer     json.RawMessage // requestContext.authorizer; nil without authorizer
}

// origin is common to a connection's events.
type origin struct {
	connectionID string
	connectedAt  time.Time
	sourceIP     string
	userAgent    string
	authorizer   json.RawMessage
}

func (h handshake) origin() origin {
	return origin{h.connectionID, h.connectedAt, h.sourceIP, h.userAgent, h.authorizer}
}

// context fills in what is the same in all kinds of event.
func (a *API) context(o origin, routeKey, eventType, requestID string) requestContext {
	now := a.services.Clock.Now()
	return requestContext{
		RouteKey: routeKey, EventType: eventType, MessageDirection: "IN",
		RequestID: requestID, ExtendedRequestID: requestID,
		RequestTime: edge.RequestTime(now), RequestTimeEpoch: now.UnixMilli(),
		Stage: a.config.Stage, DomainName: a.config.DomainName, APIID: a.config.APIID,
		ConnectionID: o.connectionID, ConnectedAt: o.connectedAt.UnixMilli(),
		Identity:   identity{UserAgent: o.userAgent, SourceIP: o.sourceIP},
		Authorizer: o.authorizer,
	}
}
