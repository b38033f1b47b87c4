// Package assembly reads a cloud assembly, the folder that `cdk synth` writes, and resolves what CloudFormation would:
// parameters, mappings, conditions, the order in which resources are created, and intrinsic functions.
//
// It knows nothing of resource types: the caller sets what Ref and Fn::GetAtt of each resource return in the Resolver, in the
// order of Assembly.Stacks and Stack.Order.
package assembly

// The partition, and the account and region of stacks that leave them open.
const (
	Partition = "aws"
	URLSuffix = "amazonaws.com"

	DefaultAccount = "000000000000"
	DefaultRegion  = "us-east-1"
)

// An Assembly is a cloud assembly with the assemblies nested in it (CDK stages).
type Assembly struct {
	// Dir is the folder that was read first.
	Dir string
	// Stacks in the order of their deployment: a stack follows those it depends on or imports from.
	Stacks []*Stack
	// Environment is where all of them are deployed.
	Environment Environment

	found   []foundStack
	prefix  string               // of artifact ids, which are unique within one folder
	assets  map[string]FileAsset // by object key
	exports map[string]export    // by name
}

// A Stack is one CloudFormation stack.
type Stack struct {
	// Name is the stack's name as deployed.
	Name string
	// Environment is the assembly's.
	Environment Environment
	// Order lists the resources to create, each after those it depends on. A resource whose condition is false is left out.
	Order []*Resource

	environment string   // as synthesized: aws://account/region
	artifact    string   // id in the manifest
	dependsOn   []string // artifact ids
	parameters  map[string]parameter
	mappings    map[string]map[string]map[string]any
	conditions  map[string]any
	truth       map[string]bool // conditions already evaluated
	resources   map[string]*Resource
	outputs     map[string]output
}

// A Resource is one resource of a template, its intrinsics not yet resolved.
type Resource struct {
	Stack     *Stack
	LogicalID string
	// Type, for example AWS::SQS::Queue.
	Type string
	// Path is the construct path from the CDK's metadata, "" if there is none.
	Path string

	properties map[string]any
	dependsOn  []string
	condition  string
}

type output struct {
	value     any
	export    any // the name, nil if not exported
	condition string
}

// An export is where an export's value comes from.
type export struct {
	stack  *Stack
	output string
}

// Load reads the assembly in dir, and those in beside that share its account, and checks everything that can be checked
// before any resource exists: formats, parameters, conditions, references and cycles. Errors name stack, logical id and path.
func Load(dir string, beside ...string) (*Assembly, error) { return LoadStacks(dir, nil, beside...) }

// LoadStacks is Load, of the assembly in dir only the named stacks and those they depend on.
func LoadStacks(dir string, names []string, beside ...string) (*Assembly, error) {
	a := &Assembly{Dir: dir, assets: map[string]FileAsset{}, exports: map[string]export{}}
	if err := a.readManifest(dir); err != nil {
		return nil, err
	}
	chosen, err := choose(a.found, names)
	if err != nil {
		return nil, wrap(dir, err)
	}
	a.found = chosen
	for _, other := range beside {
		a.prefix = other + ":"
		if err := a.readManifest(other); err != nil {
			return nil, err
		}
	}
	if len(a.found) == 0 {
		return nil, wrap(dir, ErrNoStacks)
	}
	for _, found := range a.found {
		if err := a.readStack(found); err != nil {
			return nil, err
		}
	}
	if err := a.settleEnvironment(); err != nil {
		return nil, err
	}
	for _, s := range a.Stacks {
		if err := a.collectExports(s); err != nil {
			return nil, err
		}
	}
	if err := a.orderStacks(); err != nil {
		return nil, err
	}
	for _, s := range a.Stacks {
		if err := a.orderResources(s); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Asset returns the file asset that the CDK uploads under a key, the S3Key of a function's code.
func (a *Assembly) Asset(objectKey string) (FileAsset, bool) {
	f, ok := a.assets[objectKey]
	return f, ok
}
