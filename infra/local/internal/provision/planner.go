package provision

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/kms"
)

// Secrets keeps the values of secrets, which Plan needs because a template may put one into another resource
// ({{resolve:secretsmanager:...}}).
type Secrets interface {
	// Ensure creates the secret with its first value, unless it exists from an earlier run, and returns the ARN, which ends
	// in six random characters.
	Ensure(ctx context.Context, s Secret) (arn string, err error)
	// SecretString returns the current value, or that of a version's stage or id if one is given.
	SecretString(ctx context.Context, arnOrName, stage, versionID string) (string, error)
}

// Options configure Plan.
type Options struct {
	// PublicURL is where the endpoint answers, for example http://127.0.0.1:4566. Queue URLs start with it.
	PublicURL string
	// Rewrite changes every resolved string. Default: RewriteExecuteAPI of PublicURL and the assembly's region.
	Rewrite func(string) string
	// Secrets may be nil: then dynamic references are errors, and Resources.Secrets only lists what to create.
	Secrets Secrets
	// Now is the clock for policies with dates. Default: time.Now.
	Now func() time.Time
	// Architecture of the machine, x86_64 or arm64. Default: this machine's.
	Architecture string
	// Emulates reports whether the machine runs programs of another architecture too. Default: if the kernel has an emulator.
	Emulates func(architecture string) bool
}

// A planner collects Resources while it walks the assembly.
type planner struct {
	Options
	assembly  *assembly.Assembly
	resources *Resources

	functions map[string]*Function      // by ARN
	queues    map[string]*Queue         // by ARN
	topics    map[string]*Topic         // by ARN
	roles     map[string]*Role          // by name
	managed   map[string]policyDocument // managed policies of the assembly, by ARN
	apis      map[string]*api           // by API id
	apiOrder  []*api
	secrets   map[string]bool   // ARNs
	tables    map[string]bool   // names
	buckets   map[string]bool   // names
	keys      map[string]string // ARNs of keys by ARN, id and alias
	names     map[string]string // service and physical name -> logical id
	checks    []func() error    // run once all resources are known

	foreignKeys map[string]bool // ARNs of keys that are not in the assembly

	ensureSecret func(Secret) (string, error)
}

// Plan reads an assembly into Resources and checks it: types, properties, names, and the permissions by which AWS lets one
// resource use another. It creates nothing but secrets, whose values other resources may need.
func Plan(ctx context.Context, a *assembly.Assembly, o Options) (*Resources, error) {
	if err := checkTypes(a); err != nil {
		return nil, err
	}
	p := newPlanner(a, o)
	p.ensureSecret = func(s Secret) (string, error) {
		if o.Secrets == nil {
			return s.ARN, nil
		}
		return o.Secrets.Ensure(ctx, s)
	}
	resolver := assembly.NewResolver(a, assembly.Options{Secret: secretValue(ctx, o.Secrets), Rewrite: p.Rewrite})
	for _, s := range a.Stacks {
		for _, r := range s.Order {
			if err := p.plan(resolver, r); err != nil {
				return nil, err
			}
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	outputs, err := resolver.Outputs()
	if err != nil {
		return nil, err
	}
	p.resources.Outputs = outputs
	return p.resources, nil
}

func newPlanner(a *assembly.Assembly, o Options) *planner {
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	if o.Rewrite == nil {
		o.Rewrite = RewriteExecuteAPI(o.PublicURL, a.Environment.Region)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Architecture == "" {
		o.Architecture = map[string]string{"amd64": "x86_64"}[runtime.GOARCH]
	}
	if o.Architecture == "" {
		o.Architecture = runtime.GOARCH
	}
	if o.Emulates == nil {
		o.Emulates = emulates
	}
	return &planner{
		Options: o, assembly: a, resources: &Resources{Keys: kms.Keys{}},
		functions: map[string]*Function{}, queues: map[string]*Queue{}, topics: map[string]*Topic{},
		roles: map[string]*Role{}, managed: map[string]policyDocument{}, apis: map[string]*api{},
		secrets: map[string]bool{}, tables: map[string]bool{}, buckets: map[string]bool{}, names: map[string]string{},
		keys: map[string]string{}, foreignKeys: map[string]bool{},
	}
}

func (p *planner) plan(resolver *assembly.Resolver, r *assembly.Resource) error {
	if ignoredType(r.Type) {
		resolver.Set(r, assembly.Values{Ref: r.LogicalID})
		return nil
	}
	properties, err := resolver.Properties(r)
	if err != nil {
		return err
	}
	values, err := kinds[r.Type].plan(p, r, properties)
	if err != nil {
		return resourceError(r, err)
	}
	resolver.Set(r, values)
	return nil
}

// later runs a check of r once every resource is known.
func (p *planner) later(r *assembly.Resource, check func() error) {
	p.checks = append(p.checks, func() error {
		if err := check(); err != nil {
			return resourceError(r, err)
		}
		return nil
	})
}

func (p *planner) finish() error {
	for _, check := range p.checks {
		if err := check(); err != nil {
			return err
		}
	}
	if err := p.finishAPIs(); err != nil {
		return err
	}
	p.keyAccesses()
	return p.checkAccess()
}

// claim records a physical name, which is unique in the account: AWS refuses a second resource of the same name, in whatever
// stack (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html).
func (p *planner) claim(r *assembly.Resource, service, name string) error {
	key := service + " " + name
	if other, taken := p.names[key]; taken {
		return invalid("AlreadyExists: %s %s exists already: it is %s", r.Type, name, other)
	}
	p.names[key] = r.Stack.Name + "/" + r.LogicalID
	return nil
}

func identify(r *assembly.Resource) ID {
	return ID{Stack: r.Stack.Name, LogicalID: r.LogicalID, Path: r.Path}
}
