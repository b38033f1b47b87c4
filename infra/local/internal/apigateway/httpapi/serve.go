package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

const unitBytes = 512 << 10 // a billed request: https://aws.amazon.com/api-gateway/pricing/

// Serve handles r. path is the escaped path below the API: "/pets/1" or "/prod/pets/1"; r itself stays as the caller signed
// it.
func (a *API) Serve(w http.ResponseWriter, r *http.Request, path string) {
	id := a.services.IDs.Next()
	w.Header()["Apigw-Requestid"] = []string{id}
	injected := a.services.Faults.Inject("execute-api", "Invoke", "")
	injected.Wait(r.Context(), a.services.Clock)
	answer := a.answer(r, path, id, injected)
	if injected.Drop {
		panic(http.ErrAbortHandler) // the work is done; the client does not learn of it
	}
	a.cors.apply(answer.header, r)
	answer.write(w)
}

func (a *API) answer(r *http.Request, path, id string, injected edge.Injection) response {
	if injected.Status != 0 {
		status, _, message := injected.Response()
		return refuse(status, message)
	}
	q, found := a.newRequest(r, path, id)
	switch {
	case !found:
		return refuse(http.StatusNotFound, "Not Found")
	case headerBytes(r) > a.config.Limits.MaxHeaders:
		return refuse(http.StatusRequestHeaderFieldsTooLarge, "Request Header Fields Too Large")
	case !a.services.Requests.Allow():
		return refuse(http.StatusTooManyRequests, "Too Many Requests")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(a.config.Limits.MaxPayload)+1))
	if err != nil {
		return refuse(http.StatusBadRequest, "Bad Request")
	}
	if len(body) > a.config.Limits.MaxPayload {
		return refuse(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	q.body = body
	a.services.Meter.Count("", edge.MeterService, edge.MeterRequest, edge.Units(len(body), unitBytes))
	if !a.find(q) {
		if a.cors != nil && isPreflight(r) {
			return response{status: http.StatusNoContent, header: http.Header{}}
		}
		return refuse(http.StatusNotFound, "Not Found")
	}
	if !q.stage.throttles[q.route.key].Allow() {
		return refuse(http.StatusTooManyRequests, "Too Many Requests")
	}
	return a.integrate(q)
}

// integrate authorizes the request and runs its function, which goes on even if the client leaves.
func (a *API) integrate(q *request) response {
	ctx := context.WithoutCancel(q.Context())
	authorizer, refusal := a.authorize(ctx, q)
	if refusal != nil {
		return *refusal
	}
	payload, err := a.integrationEvent(q, authorizer)
	if err != nil {
		return a.failed(q, err)
	}
	raw, err := edge.Call(ctx, a.services.Invoker, q.route.function, payload, q.route.timeout)
	if err != nil {
		return a.failed(q, err)
	}
	answer, err := parseResponse(raw)
	if err != nil {
		return a.failed(q, err)
	}
	a.cors.strip(answer.header)
	return answer
}

// failed maps a failed integration to a status. A timeout is 503 to the client, as observed on AWS, though its knowledge
// center says 504; so is a function without a free instance.
// https://github.com/cortexlabs/cortex/issues/1225
// https://repost.aws/knowledge-center/api-gateway-504-errors
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
func (a *API) failed(q *request, err error) response {
	a.services.Log.Warn("integration failed", "api", a.config.APIID, "route", q.route.key, "request", q.id, "error", err)
	if errors.Is(err, edge.ErrTimeout) || errors.Is(err, edge.ErrThrottled) {
		return refuse(http.StatusServiceUnavailable, "Service Unavailable")
	}
	return refuse(http.StatusInternalServerError, "Internal Server Error")
}

// headerBytes is the size of request line and header values.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
func headerBytes(r *http.Request) int {
	n := len(r.Method) + len(r.RequestURI) + len(r.Proto) + 2
	for _, values := range r.Header {
		for _, value := range values {
			n += len(value)
		}
	}
	return n
}
