package stage

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// lateInvoker runs functions for SNS, which starts before the supervisor.
type lateInvoker struct{ stage *Stage }

func (l lateInvoker) Invoke(ctx context.Context, function string, payload []byte) ([]byte, string, error) {
	return asyncInvoker{l.stage.functions}.Invoke(ctx, function, payload)
}

// lateLambda serves Invoke of the Lambda API. Requests must be authorized already.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
type lateLambda struct{ stage *Stage }

func (l lateLambda) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, found := strings.CutSuffix(strings.TrimPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/"), "/invocations")
	name, err := url.PathUnescape(name)
	if !found || r.Method != http.MethodPost || err != nil {
		lambdaError(w, http.StatusNotImplemented, "ServiceException", "the local stage answers Invoke only")
		return
	}
	if qualifier := r.URL.Query().Get("Qualifier"); qualifier != "" {
		name += ":" + qualifier
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, lambda.MaxRequestBytes+1))
	if err != nil {
		lambdaError(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", err.Error())
		return
	}
	ctx := lineage.NewContext(r.Context(), lineage.Of(r.Header.Get(lineage.Header)))
	switch r.Header.Get("X-Amz-Invocation-Type") {
	case "Event":
		if err := l.stage.functions.InvokeAsync(ctx, name, payload); err != nil {
			refuse(w, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
	default:
		result, err := l.stage.functions.Invoke(ctx, name, payload)
		if err != nil {
			refuse(w, err)
			return
		}
		if result.FunctionError != "" {
			w.Header().Set("X-Amz-Function-Error", result.FunctionError)
		}
		w.Header().Set("X-Amz-Executed-Version", result.Version)
		w.Header().Set("X-Amzn-Requestid", result.RequestID)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(result.Payload) // the caller may have gone
	}
}

// refuse responds to an invocation that did not reach the function.
func refuse(w http.ResponseWriter, err error) {
	for _, known := range []struct {
		is     error
		status int
		code   string
	}{
		{lambda.ErrNotFound, http.StatusNotFound, "ResourceNotFoundException"},
		{lambda.ErrThrottled, http.StatusTooManyRequests, "TooManyRequestsException"},
		{lambda.ErrRequestTooLarge, http.StatusRequestEntityTooLarge, "RequestTooLargeException"},
		{lambda.ErrRecursive, http.StatusBadRequest, "RecursiveInvocationException"},
		{lambda.ErrInvalidRequest, http.StatusBadRequest, "InvalidRequestContentException"},
	} {
		if errors.Is(err, known.is) {
			lambdaError(w, known.status, known.code, err.Error())
			return
		}
	}
	lambdaError(w, http.StatusInternalServerError, "ServiceException", err.Error())
}

func lambdaError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Type": "User", "message": message})
}

// instances counts processes by function.
func (s *Stage) instances() map[string]lambda.InstanceCount {
	if s.functions == nil {
		return map[string]lambda.InstanceCount{}
	}
	return s.functions.Instances()
}
