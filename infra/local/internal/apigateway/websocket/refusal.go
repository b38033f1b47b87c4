package websocket

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

const internalMessage = "Internal server error"

// refusal is the response to a handshake that fails. A body of the integration replaces the gateway's message.
type refusal struct {
	status  int
	code    string // x-amzn-errortype
	message string
	body    []byte
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
var (
	refuseUnauthorized = &refusal{status: http.StatusUnauthorized, code: "UnauthorizedException", message: "Unauthorized"}
	refuseForbidden    = &refusal{status: http.StatusForbidden, code: "ForbiddenException", message: "Forbidden"}
)

func internal(error) *refusal {
	return &refusal{status: http.StatusInternalServerError, code: "InternalServerErrorException", message: internalMessage}
}

// connectFailure maps a failed $connect integration to its status: 504 when it takes too long, 500 when it cannot be invoked,
// 502 when it fails or returns no proxy response.
func connectFailure(err error) *refusal {
	switch {
	case errors.Is(err, edge.ErrTimeout):
		return &refusal{status: http.StatusGatewayTimeout, code: "GatewayTimeoutException", message: timeoutMessage}
	case errors.Is(err, edge.ErrThrottled), errors.Is(err, edge.ErrUnreachable):
		return internal(err)
	default:
		return &refusal{status: http.StatusBadGateway, code: "InternalServerErrorException", message: internalMessage}
	}
}

// refuse answers the handshake with plain HTTP.
func (h handshake) refuse(w http.ResponseWriter, r *refusal) {
	header := w.Header()
	header.Set("X-Amzn-Requestid", h.requestID)
	header.Set("X-Amz-Apigw-Id", h.requestID)
	if r.status == http.StatusUpgradeRequired {
		header.Set("Upgrade", "websocket")
		header.Set("Connection", "Upgrade")
	}
	body := r.body
	if r.code != "" {
		header.Set("X-Amzn-Errortype", r.code)
		header.Set("Content-Type", "application/json")
		body = errorFrame(r.message, h.connectionID, h.requestID)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.status)
	w.Write(body) //nolint:errcheck // the client has disconnected
}

// errorFrame is the body of a failed handshake, and the message to a client whose message failed. The one space is
// AWS's.
func errorFrame(message, connectionID, requestID string) []byte {
	return []byte(`{"message": ` + strconv.Quote(message) + `, "connectionId":"` + connectionID +
		`", "requestId":"` + requestID + `"}`)
}

// writeError responds to an @connections call, or to an unknown path.
func writeError(w http.ResponseWriter, status int, code, message string) {
	field := "message"
	if code == "AccessDeniedException" {
		field = "Message" // the spelling of IAM's denials
	}
	header := w.Header()
	header.Set("X-Amzn-Errortype", code)
	header.Set("Content-Type", "application/json")
	body, err := edge.JSON(map[string]string{field: message})
	if err != nil { // a map of strings always encodes
		body = nil
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // the client has disconnected
}
