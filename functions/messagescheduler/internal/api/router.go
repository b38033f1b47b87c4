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

// A Handler is what lambda.Start takes.
type Handler = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// A request is an event, with its body decoded.
type request struct {
	events.APIGatewayV2HTTPRequest
	body []byte
}

func (r request) path(name string) string  { return r.PathParameters[name] }
func (r request) query(name string) string { return r.QueryStringParameters[name] }

// A response is what a route answers.
type response struct {
	status  int
	headers map[string]string
	body    any    // encoded as JSON
	text    string // instead of body
}

// A route handles one route key.
type route func(ctx context.Context, r request) (response, error)

// serve finds the route of an event and makes its errors statuses. It never returns an error: API Gateway would answer 500
// without a word.
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
			return r, schedule.NewFault("body", "", "is not valid base64")
		}
		r.body = body
	}
	if len(r.body) > contract.MaxRequestBytes {
		return r, fmt.Errorf("%w: the request has %d bytes, at most %d are allowed", schedule.ErrTooLarge, len(r.body), contract.MaxRequestBytes)
	}
	return r, nil
}

// statuses maps what can go wrong to what the caller is told. What is not in it is our fault.
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
	var fault *schedule.Fault
	if errors.As(err, &fault) {
		return response{status: http.StatusBadRequest, body: map[string]any{
			"message": fault.Error(), "field": fault.Field, "value": fault.Value, "rule": fault.Rule,
		}}
	}
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			return fail(known.status, plain(err))
		}
	}
	return fail(http.StatusInternalServerError, "internal error")
}

// plain leaves out the package's name.
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

// header reads a header, whose names an HTTP API writes in lower case.
func (r request) header(name string) string { return r.Headers[strings.ToLower(name)] }
