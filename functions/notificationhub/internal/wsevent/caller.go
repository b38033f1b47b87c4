package wsevent

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// callerOf returns the sender of the event, from the context that the authorizer attached to the connection.
func callerOf(e events.APIGatewayWebsocketProxyRequest) hub.Caller {
	attached, _ := e.RequestContext.Authorizer.(map[string]any)
	expiresAt, _ := strconv.ParseInt(text(attached[contract.ContextExpiresAt]), 10, 64)
	return hub.Caller{
		ConnectionID: e.RequestContext.ConnectionID,
		UserID:       text(attached[contract.ContextUserID]),
		RoomID:       text(attached[contract.ContextRoomID]),
		Protocol:     text(attached[contract.ContextProtocol]),
		ExpiresAt:    expiresAt,
		ConnectedAt:  time.UnixMilli(e.RequestContext.ConnectedAt),
	}
}

// text returns a value of the authorizer's context: strings, numbers and booleans arrive as such or as text, depending on
// the authorizer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		return ""
	}
}

// bodyOf returns the frame that the client sent.
func bodyOf(e events.APIGatewayWebsocketProxyRequest) ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, fmt.Errorf("wsevent: body: %w", err)
	}
	return body, nil
}
