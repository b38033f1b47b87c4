package edgetest

import (
	"sync"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// Faults returns the fault set for "service/action". It is an edge.Faults.
type Faults struct {
	mu     sync.Mutex
	byName map[string]edge.Fault
}

// Set makes "service/action" fail so from now on.
func (f *Faults) Set(name string, fault edge.Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byName == nil {
		f.byName = map[string]edge.Fault{}
	}
	f.byName[name] = fault
}

// Decide implements edge.Faults.
func (f *Faults) Decide(service, action, _ string) edge.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byName[service+"/"+action]
}

var (
	_ edge.Faults  = (*Faults)(nil)
	_ edge.Meter   = (*Meter)(nil)
	_ edge.Invoker = (*Invoker)(nil)
)
