package stage

import (
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
)

// gatewayFaults injects the faults that a gateway can have.
type gatewayFaults struct{ rules *faultinjection.Injector }

func (g gatewayFaults) Inject(service, action, function string) edge.Injection {
	kinds := []faultinjection.Kind{faultinjection.Error, faultinjection.Throttle, faultinjection.Delay, faultinjection.Drop}
	if service == "socket" {
		kinds = []faultinjection.Kind{faultinjection.Close}
	}
	switch i := g.rules.Inject(service, action, function, kinds...); i.Kind {
	case faultinjection.Error:
		return edge.Injection{Status: http.StatusInternalServerError}
	case faultinjection.Throttle:
		return edge.Injection{Status: http.StatusTooManyRequests}
	case faultinjection.Delay:
		return edge.Injection{Delay: i.Delay}
	case faultinjection.Drop, faultinjection.Close:
		return edge.Injection{Drop: true}
	default:
		return edge.Injection{}
	}
}

// killAfter lets a function begin its work before it is killed.
const killAfter = 5 * time.Millisecond

// functionFaults injects the faults that an invocation can have.
func functionFaults(rules *faultinjection.Injector) func(function string) lambda.Injection {
	return func(function string) lambda.Injection {
		i := rules.Inject("lambda", "Invoke", function, faultinjection.Error, faultinjection.Throttle, faultinjection.Delay, faultinjection.Kill)
		switch i.Kind {
		case faultinjection.Error:
			return lambda.Injection{Error: true}
		case faultinjection.Throttle:
			return lambda.Injection{Throttle: true}
		case faultinjection.Delay:
			return lambda.Injection{Delay: i.Delay}
		case faultinjection.Kill:
			return lambda.Injection{Kill: true, KillAfter: killAfter}
		default:
			return lambda.Injection{}
		}
	}
}

// coldStarts slows the start of a function's instances.
func coldStarts(rules *faultinjection.Injector) func(function string) time.Duration {
	return func(function string) time.Duration {
		return rules.Inject("lambda", "", function, faultinjection.ColdStart).Delay
	}
}

// queueFaults makes the event source of one function deliver as a standard queue may.
type queueFaults struct {
	rules    *faultinjection.Injector
	function string
}

func (q queueFaults) Late() time.Duration      { return q.delay(faultinjection.Late) }
func (q queueFaults) Reorder() time.Duration   { return q.delay(faultinjection.Reorder) }
func (q queueFaults) Duplicate() time.Duration { return q.delay(faultinjection.Duplicate) }

func (q queueFaults) delay(kind faultinjection.Kind) time.Duration {
	return q.rules.Inject("sqs", "", q.function, kind).Delay
}
