package stage

import (
	"context"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint"
	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
)

// invoker lets the gateways and event sources, which know nothing of the supervisor, run functions.
type invoker struct{ functions *lambda.Supervisor }

func (i invoker) Invoke(ctx context.Context, function string, payload []byte) ([]byte, string, error) {
	result, err := i.functions.Invoke(ctx, function, payload)
	return result.Payload, result.FunctionError, err
}

// asyncInvoker hands events over as SNS does: it does not wait for the function.
type asyncInvoker struct{ functions *lambda.Supervisor }

func (i asyncInvoker) Invoke(ctx context.Context, function string, payload []byte) ([]byte, string, error) {
	return nil, "", i.functions.InvokeAsync(ctx, function, payload)
}

// authorize checks what the gateways serve themselves: posts to connections and routes with IAM authorization.
func authorize(f *endpoint.Front) edge.Authorize {
	return func(r *http.Request, body []byte, action, resource string) (edge.Caller, error) {
		caller, err := f.Authenticate(r, body)
		if err != nil {
			return edge.Caller{}, err
		}
		return edge.Caller{ARN: caller.ARN, Function: caller.Function}, f.Authorize(caller, action, resource, nil)
	}
}

// gatewayFaults translates rules into what a gateway can do.
type gatewayFaults struct{ rules *faultinjection.Set }

func (g gatewayFaults) Decide(service, action, function string) edge.Fault {
	kinds := []faultinjection.Kind{faultinjection.Error, faultinjection.Throttle, faultinjection.Delay, faultinjection.Drop}
	if service == "socket" {
		kinds = []faultinjection.Kind{faultinjection.Close}
	}
	switch d := g.rules.DecideAmong(kinds, service, action, function); d.Kind {
	case faultinjection.Error:
		return edge.Fault{Status: http.StatusInternalServerError}
	case faultinjection.Throttle:
		return edge.Fault{Status: http.StatusTooManyRequests}
	case faultinjection.Delay:
		return edge.Fault{Delay: d.Delay}
	case faultinjection.Drop, faultinjection.Close:
		return edge.Fault{Drop: true}
	default:
		return edge.Fault{}
	}
}

// killAfter lets a function begin its work before a fault kills it.
const killAfter = 5 * time.Millisecond

// functionFaults translates rules into what the supervisor can do.
func functionFaults(rules *faultinjection.Set) func(function string) lambda.Fault {
	kinds := []faultinjection.Kind{faultinjection.Error, faultinjection.Throttle, faultinjection.Delay, faultinjection.Kill}
	return func(function string) lambda.Fault {
		switch d := rules.DecideAmong(kinds, "lambda", "Invoke", function); d.Kind {
		case faultinjection.Error:
			return lambda.Fault{Error: true}
		case faultinjection.Throttle:
			return lambda.Fault{Throttle: true}
		case faultinjection.Delay:
			return lambda.Fault{Delay: d.Delay}
		case faultinjection.Kill:
			return lambda.Fault{Kill: true, KillAfter: killAfter}
		default:
			return lambda.Fault{}
		}
	}
}
