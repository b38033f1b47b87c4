package edgetest

import (
	"sync"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// Faults injects the fault that is set for "service/action". It is an edge.Injector.
type Faults struct {
	mu     sync.Mutex
	byName map[string]edge.Injection
}

// Set injects a fault into "service/action" from now on.
func (f *Faults) Set(name string, injected edge.Injection) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byName == nil {
		f.byName = map[string]edge.Injection{}
	}
	f.byName[name] = injected
}

// Inject implements edge.Injector.
func (f *Faults) Inject(service, action, _ string) edge.Injection {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byName[service+"/"+action]
}

var (
	_ edge.Injector = (*Faults)(nil)
	_ edge.Meter    = (*Meter)(nil)
	_ edge.Invoker  = (*Invoker)(nil)
)
