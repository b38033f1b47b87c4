package stage

import (
	"context"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint"
	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
)

// invoker adapts the supervisor to gateways and event sources.
type invoker struct{ functions *lambda.Supervisor }

func (i invoker) Invoke(ctx context.Context, function string, payload []byte) ([]byte, string, error) {
	result, err := i.functions.Invoke(ctx, function, payload)
	return result.Payload, result.FunctionError, err
}

// asyncInvoker invokes as SNS does: without waiting for the function.
type asyncInvoker struct{ functions *lambda.Supervisor }

func (i asyncInvoker) Invoke(ctx context.Context, function string, payload []byte) ([]byte, string, error) {
	return nil, "", i.functions.InvokeAsync(ctx, function, payload)
}

// authorize authorizes the gateways' own calls: posts to connections and routes with IAM authorization.
func authorize(f *endpoint.Front) edge.Authorize {
	return func(r *http.Request, body []byte, action, resource string) (edge.Caller, error) {
		caller, err := f.Authenticate(r, body)
		if err != nil {
			return edge.Caller{}, err
		}
		return edge.Caller{ARN: caller.ARN, Function: caller.Function}, f.Authorize(caller, action, resource, nil)
	}
}
