package provision

import (
	"fmt"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// An access is a call that AWS makes for the template's own wiring, such as a gateway invoking a function.
type access struct {
	resource *assembly.Resource // that wires it
	request  iam.Request
}

// serviceAccess notes that a service calls with its own principal, which a resource policy has to allow. source is the
// ARN it calls for, "" if none.
func (p *planner) serviceAccess(r *assembly.Resource, service, action, resource, source string) {
	request := iam.Request{Caller: iam.Caller{Service: service}, Action: action, Resource: resource}
	if source != "" {
		request.Context = map[string][]string{"aws:SourceArn": {source}}
	}
	p.world.accesses = append(p.world.accesses, access{resource: r, request: request})
}

// roleAccess notes that a service calls with a role.
func (p *planner) roleAccess(r *assembly.Resource, role, action, resource string) {
	caller := iam.Caller{ARN: globalARN("sts", "assumed-role/"+role+"/service"), Role: role}
	p.world.accesses = append(p.world.accesses, access{
		resource: r, request: iam.Request{Caller: caller, Action: action, Resource: resource},
	})
}

// checkAccess refuses a template whose wiring AWS would refuse, at deployment or at each call. Finding out at once
// beats a 500 for every request, which is what API Gateway answers when the permission for its function is missing.
func (p *planner) checkAccess() error {
	engine := iam.NewEngine(assembly.Account, assembly.Region, p.Now)
	p.world.put(engine)
	for _, a := range p.world.accesses {
		if d := engine.Authorize(a.request); !d.Allowed {
			return fault(a.resource, fmt.Errorf("%w: %s%s", ErrNotPermitted, d.Reason, forSource(a.request)))
		}
	}
	return nil
}

func forSource(r iam.Request) string {
	if source := r.Context["aws:SourceArn"]; len(source) > 0 {
		return " for source " + source[0]
	}
	return ""
}

// Install hands all policies to the engine. It counts the permissions by which services reach functions, topics and
// queues as used: the template's wiring needs them whether or not a request comes by.
func (w *World) Install(engine *iam.Engine) {
	w.put(engine)
	for _, a := range w.accesses {
		if a.request.Caller.Service != "" {
			engine.Authorize(a.request)
		}
	}
}

func (w *World) put(engine *iam.Engine) {
	for _, role := range w.Roles {
		engine.PutRole(role.Name, role.Policies...)
	}
	byARN := map[string][]iam.Policy{}
	for _, rp := range w.ResourcePolicies {
		byARN[rp.ARN] = append(byARN[rp.ARN], rp.Policy)
	}
	for resourceARN, policies := range byARN {
		engine.PutResourcePolicy(resourceARN, policies...)
	}
}
