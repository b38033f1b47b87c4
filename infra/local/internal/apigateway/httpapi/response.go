package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// response is what the client receives.
type response struct {
	status int
	header http.Header
	body   []byte
}

// refuse is a response of the gateway itself: {"message":"Not Found"}.
func refuse(status int, message string) response {
	body, err := edge.JSON(map[string]string{"message": message})
	if err != nil { // a map of strings always encodes
		body = nil
	}
	return response{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func (r response) write(w http.ResponseWriter) {
	header := w.Header()
	for name, values := range r.header {
		header[name] = values
	}
	if r.status != http.StatusNoContent && r.status != http.StatusNotModified {
		header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	w.Write(r.body) //nolint:errcheck // the client has disconnected, or the status has no body
}

// functionResponse is a response of format 2.0 that has a statusCode.
type functionResponse struct {
	StatusCode      json.RawMessage `json:"statusCode"`
	Headers         map[string]any  `json:"headers"`
	Cookies         []string        `json:"cookies"`
	Body            *string         `json:"body"`
	IsBase64Encoded bool            `json:"isBase64Encoded"`
}

// parseResponse reads a function's response. Without a statusCode, any JSON is a body of type application/json.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func parseResponse(raw []byte) (response, error) {
	if !json.Valid(raw) {
		return response{}, fmt.Errorf("%w: it is not JSON", errMalformedResponse)
	}
	if !hasStatusCode(raw) {
		return inferred(raw), nil
	}
	var f functionResponse
	if err := json.Unmarshal(raw, &f); err != nil {
		return response{}, fmt.Errorf("%w: %w", errMalformedResponse, err)
	}
	return f.build()
}

// inferred turns any JSON into a response; a string loses its quotes.
func inferred(raw []byte) response {
	body := raw
	var text string
	if json.Unmarshal(raw, &text) == nil && string(raw) != "null" {
		body = []byte(text)
	}
	return response{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

func (f functionResponse) build() (response, error) {
	status, err := strconv.Atoi(strings.Trim(string(f.StatusCode), `"`))
	if err != nil || status < 200 || status > 599 {
		return response{}, fmt.Errorf("%w: statusCode is %.20q", errMalformedResponse, f.StatusCode)
	}
	r := response{status: status, header: http.Header{}}
	for name, value := range f.Headers {
		text, ok := headerText(value)
		if !ok {
			return response{}, fmt.Errorf("%w: header %q is neither text, number nor boolean", errMalformedResponse, name)
		}
		if !hopByHop[http.CanonicalHeaderKey(name)] {
			r.header.Set(name, text)
		}
	}
	for _, cookie := range f.Cookies {
		r.header.Add("Set-Cookie", cookie)
	}
	if f.Body != nil {
		r.body = []byte(*f.Body)
	}
	if f.IsBase64Encoded {
		if r.body, err = base64.StdEncoding.DecodeString(string(r.body)); err != nil {
			return response{}, fmt.Errorf("%w: body: %w", errMalformedResponse, err)
		}
	}
	if r.header.Get("Content-Type") == "" && len(r.body) > 0 {
		r.header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	return r, nil
}

// hopByHop headers belong to the connection between gateway and client, which the function knows nothing of.
var hopByHop = map[string]bool{
	"Connection": true, "Content-Length": true, "Keep-Alive": true, "Transfer-Encoding": true, "Upgrade": true,
}

func headerText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// hasStatusCode distinguishes a response for API Gateway from JSON that is the body itself.
func hasStatusCode(raw []byte) bool {
	var probe struct {
		StatusCode json.RawMessage `json:"statusCode"`
	}
	return json.Unmarshal(raw, &probe) == nil && probe.StatusCode != nil
}
