package websocket

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/frame"
)

// errMalformedResponse is a function's response that is not a proxy response.
var errMalformedResponse = errors.New("malformed Lambda proxy response")

// proxyResponse is what a function of a Lambda proxy integration returns.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
type proxyResponse struct {
	StatusCode int
	headers    map[string]string
	body       []byte
}

// parseProxyResponse reads {"statusCode","headers","multiValueHeaders","body","isBase64Encoded"}.
func parseProxyResponse(raw []byte) (proxyResponse, error) {
	var r struct {
		StatusCode        json.RawMessage     `json:"statusCode"`
		Headers           map[string]any      `json:"headers"`
		MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
		Body              *string             `json:"body"`
		IsBase64Encoded   bool                `json:"isBase64Encoded"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return proxyResponse{}, fmt.Errorf("%w: %w", errMalformedResponse, err)
	}
	status, err := strconv.Atoi(strings.Trim(string(r.StatusCode), `"`))
	if err != nil || status < 200 || status > 599 {
		return proxyResponse{}, fmt.Errorf("%w: statusCode is %.20q", errMalformedResponse, r.StatusCode)
	}
	response := proxyResponse{StatusCode: status, headers: map[string]string{}}
	for name, value := range r.Headers {
		response.headers[strings.ToLower(name)] = fmt.Sprint(value)
	}
	for name, values := range r.MultiValueHeaders {
		response.headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	if r.Body == nil {
		return response, nil
	}
	response.body = []byte(*r.Body)
	if r.IsBase64Encoded {
		if response.body, err = base64.StdEncoding.DecodeString(*r.Body); err != nil {
			return proxyResponse{}, fmt.Errorf("%w: body: %w", errMalformedResponse, err)
		}
	}
	return response, nil
}

func (r proxyResponse) header(name string) string { return r.headers[strings.ToLower(name)] }

// opcodeOf is text for valid UTF-8, else binary: a client must drop a text frame that is not UTF-8.
func opcodeOf(payload []byte) frame.Opcode {
	if utf8.Valid(payload) {
		return frame.Text
	}
	return frame.Binary
}
