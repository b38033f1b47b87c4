package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// A Handler handles the events of an HTTP API.
type Handler = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// A request is an event, with its body decoded.
type request struct {
	events.APIGatewayV2HTTPRequest
	body []byte
}

func (r request) path(name string) string  { return r.PathParameters[name] }
func (r request) query(name string) string { return r.QueryStringParameters[name] }

// A response is a route's answer.
type response struct {
	status  int
	headers map[string]string
	body    any    // encoded as JSON
	text    string // instead of body
}

// A route handles one route key.
type route func(ctx context.Context, r request) (response, error)

// serve routes an event and maps errors to statuses. It never returns an error: API Gateway would answer 500 without a
// body.
func serve(routes map[string]route, log *slog.Logger) Handler {
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		handle, ok := routes[event.RouteKey]
		if !ok {
			return encode(fail(http.StatusNotFound, "no such path")), nil
		}
		r, err := decode(event)
		if err == nil {
			var out response
			if out, err = handle(ctx, r); err == nil {
				return encode(out), nil
			}
		}
		out := statusOf(err)
		if out.status >= http.StatusInternalServerError {
			log.ErrorContext(ctx, "request failed", "route", event.RouteKey, "error", err)
		}
		return encode(out), nil
	}
}

func decode(event events.APIGatewayV2HTTPRequest) (request, error) {
	r := request{APIGatewayV2HTTPRequest: event, body: []byte(event.Body)}
	if event.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			return r, schedule.Invalid("body", "", "is not valid base64")
		}
		r.body = body
	}
	if len(r.body) > contract.MaxRequestBytes {
		return r, fmt.Errorf("%w: the request has %d bytes, at most %d are allowed", schedule.ErrTooLarge, len(r.body), contract.MaxRequestBytes)
	}
	return r, nil
}

// statuses maps errors to statuses and texts. An error that is not listed is answered by 500.
var statuses = []struct {
	err    error
	status int
}{
	{schedule.ErrNotFound, http.StatusNotFound},
	{schedule.ErrUnknownGroup, http.StatusNotFound},
	{subscribers.ErrNotFound, http.StatusNotFound},
	{schedule.ErrSending, http.StatusConflict},
	{schedule.ErrFinished, http.StatusConflict},
	{schedule.ErrKeyReused, http.StatusConflict},
	{schedule.ErrBusy, http.StatusConflict},
	{schedule.ErrNoContent, http.StatusConflict},
	{schedule.ErrPrecondition, http.StatusPreconditionFailed},
	{schedule.ErrTooLarge, http.StatusRequestEntityTooLarge},
	{subscribers.ErrLink, http.StatusForbidden},
}

func statusOf(err error) response {
	var invalid *schedule.ValidationError
	if errors.As(err, &invalid) {
		return response{status: http.StatusBadRequest, body: map[string]any{
			"message": invalid.Error(), "field": invalid.Field, "value": invalid.Value, "rule": invalid.Rule,
		}}
	}
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			return fail(known.status, plain(err))
		}
	}
	return fail(http.StatusInternalServerError, "internal error")
}

// plain removes the package's name from an error's text.
func plain(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "schedule: "), "subscribers: ")
}

func fail(status int, message string) response {
	return response{status: status, body: map[string]any{"message": message}}
}

func encode(r response) events.APIGatewayV2HTTPResponse {
	out := events.APIGatewayV2HTTPResponse{
		StatusCode: r.status, Headers: map[string]string{"content-type": "application/json", "cache-control": "no-store"}, Body: r.text,
	}
	for name, value := range r.headers {
		out.Headers[name] = value
	}
	if r.body == nil {
		return out
	}
	body, err := plainjson.Marshal(r.body)
	if err != nil { // what we answer with always marshals
		return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusInternalServerError, Body: `{"message":"internal error"}`}
	}
	out.Body = string(body)
	return out
}

// header returns a header. An HTTP API writes header names in lower case.
func (r request) header(name string) string { return r.Headers[strings.ToLower(name)] }
