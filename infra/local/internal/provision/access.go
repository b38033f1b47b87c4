package provision

import (
	"fmt"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// An access is a call that AWS makes because of the template's wiring, such as a gateway invoking a function.
type access struct {
	resource *assembly.Resource // whose wiring needs it
	request  iam.Request
}

// serviceAccess records that a service calls with its own principal, which a resource policy has to allow. source is the ARN
// on whose behalf it calls, "" if none.
func (p *planner) serviceAccess(r *assembly.Resource, service, action, resource, source string) {
	request := iam.Request{Caller: iam.Caller{Service: service}, Action: action, Resource: resource}
	if source != "" {
		request.Context = map[string][]string{"aws:SourceArn": {source}}
	}
	p.resources.accesses = append(p.resources.accesses, access{resource: r, request: request})
}

// roleAccess records that a service calls with a role.
func (p *planner) roleAccess(r *assembly.Resource, role, action, resource string) {
	caller := iam.Caller{ARN: p.globalARN("sts", "assumed-role/"+role+"/service"), Role: role}
	p.resources.accesses = append(p.resources.accesses, access{
		resource: r, request: iam.Request{Caller: caller, Action: action, Resource: resource},
	})
}

// checkAccess refuses a template whose wiring AWS would refuse, at deployment or at each call. On AWS a missing permission
// for a function would show as a 500 of API Gateway for every request.
func (p *planner) checkAccess() error {
	engine := iam.NewEngine(p.assembly.Environment.Account, p.assembly.Environment.Region, p.Now)
	p.resources.put(engine)
	for _, a := range p.resources.accesses {
		if d := engine.Authorize(a.request); !d.Allowed {
			return resourceError(a.resource, fmt.Errorf("%w: %s%s", ErrNotPermitted, d.Reason, forSource(a.request)))
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

// Install adds all policies to the engine. Permissions by which services call functions, topics and queues count as used: the
// wiring needs them whether or not there is a request.
func (r *Resources) Install(engine *iam.Engine) {
	r.put(engine)
	for _, a := range r.accesses {
		if a.request.Caller.Service != "" {
			engine.Authorize(a.request)
		}
	}
}

func (r *Resources) put(engine *iam.Engine) {
	for _, role := range r.Roles {
		engine.PutRole(role.Name, role.Policies...)
	}
	byARN := map[string][]iam.Policy{}
	for _, rp := range r.ResourcePolicies {
		byARN[rp.ARN] = append(byARN[rp.ARN], rp.Policy)
	}
	for resourceARN, policies := range byARN {
		engine.PutResourcePolicy(resourceARN, policies...)
	}
}
