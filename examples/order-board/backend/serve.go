package main

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// serve answers requests of an HTTP API by a handler of net/http.
func serve(handler http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		body := e.Body
		if e.IsBase64Encoded {
			decoded, err := base64.StdEncoding.DecodeString(body)
			if err != nil {
				return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusBadRequest}, nil
			}
			body = string(decoded)
		}
		r, err := http.NewRequestWithContext(ctx, e.RequestContext.HTTP.Method, e.RawPath+"?"+e.RawQueryString, strings.NewReader(body))
		if err != nil {
			return events.APIGatewayV2HTTPResponse{StatusCode: http.StatusBadRequest}, nil
		}
		for name, value := range e.Headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return events.APIGatewayV2HTTPResponse{
			StatusCode: w.Code, Body: w.Body.String(), Headers: map[string]string{"content-type": w.Header().Get("Content-Type")},
		}, nil
	}
}
