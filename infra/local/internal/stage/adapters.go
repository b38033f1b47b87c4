package stage

import (
	"context"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/faults"
	"github.com/hermes-cdk/hermes/infra/local/internal/front"
	"github.com/hermes-cdk/hermes/infra/local/internal/gateway/edge"
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
func authorize(f *front.Front) edge.Authorize {
	return func(r *http.Request, body []byte, action, resource string) (edge.Caller, error) {
		caller, err := f.Authenticate(r, body)
		if err != nil {
			return edge.Caller{}, err
		}
		return edge.Caller{ARN: caller.ARN, Function: caller.Function}, f.Authorize(caller, action, resource, nil)
	}
}

// gatewayFaults translates rules into what a gateway can do.
type gatewayFaults struct{ rules *faults.Set }

func (g gatewayFaults) Decide(service, action, function string) edge.Fault {
	kinds := []faults.Kind{faults.Error, faults.Throttle, faults.Delay, faults.Drop}
	if service == "socket" {
		kinds = []faults.Kind{faults.Close}
	}
	switch d := g.rules.DecideAmong(kinds, service, action, function); d.Kind {
	case faults.Error:
		return edge.Fault{Status: http.StatusInternalServerError}
	case faults.Throttle:
		return edge.Fault{Status: http.StatusTooManyRequests}
	case faults.Delay:
		return edge.Fault{Delay: d.Delay}
	case faults.Drop, faults.Close:
		return edge.Fault{Drop: true}
	default:
		return edge.Fault{}
	}
}

// killAfter lets a function begin its work before a fault kills it.
const killAfter = 5 * time.Millisecond

// functionFaults translates rules into what the supervisor can do.
func functionFaults(rules *faults.Set) func(function string) lambda.Fault {
	kinds := []faults.Kind{faults.Error, faults.Throttle, faults.Delay, faults.Kill}
	return func(function string) lambda.Fault {
		switch d := rules.DecideAmong(kinds, "lambda", "Invoke", function); d.Kind {
		case faults.Error:
			return lambda.Fault{Error: true}
		case faults.Throttle:
			return lambda.Fault{Throttle: true}
		case faults.Delay:
			return lambda.Fault{Delay: d.Delay}
		case faults.Kill:
			return lambda.Fault{Kill: true, KillAfter: killAfter}
		default:
			return lambda.Fault{}
		}
	}
}
