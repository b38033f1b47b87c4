package snsevent

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// http answers a request of an HTTP API, payload format 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func (h Handler) http(ctx context.Context, event []byte) (events.APIGatewayV2HTTPResponse, error) {
	var request events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &request); err != nil {
		return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("snsevent: %w: %w", ErrUnknownEvent, err)
	}
	err := h.delivery(ctx, request)
	status := StatusCode(err)
	h.log(ctx, status, err)
	return events.APIGatewayV2HTTPResponse{
		StatusCode: status,
		Headers:    map[string]string{"content-type": "text/plain; charset=utf-8"},
		Body:       bodyFor(status, err),
	}, nil
}

func (h Handler) delivery(ctx context.Context, request events.APIGatewayV2HTTPRequest) error {
	header := headerOf(request.Headers)
	if err := snsverify.CheckDelivery(header); err != nil {
		return err
	}
	body := []byte(request.Body)
	if request.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(request.Body)
		if err != nil {
			return fmt.Errorf("snsevent: body: %w: %w", snsverify.ErrEnvelope, err)
		}
		body = decoded
	}
	return h.Receiver.Receive(ctx, body, header)
}

// headerOf returns the header of an event's map. API Gateway joins repeated headers with commas, so that a repeated one
// is a value that no check accepts.
func headerOf(values map[string]string) http.Header {
	header := make(http.Header, len(values))
	for name, value := range values {
		header.Add(name, value)
	}
	return header
}

// bodyFor includes the reason only if the message was verified: SNS keeps it with the delivery's status.
func bodyFor(status int, err error) string {
	if status == http.StatusBadRequest {
		return err.Error() + "\n"
	}
	return http.StatusText(status) + "\n"
}

func (h Handler) log(ctx context.Context, status int, err error) {
	switch status {
	case http.StatusOK:
	case http.StatusInternalServerError, http.StatusConflict:
		h.Log.ErrorContext(ctx, "delivery failed", "status", status, "error", err)
	case http.StatusBadRequest: // logged where it was read, without its text
	default:
		h.Log.WarnContext(ctx, "delivery refused", "status", status, "error", err)
	}
}
