package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

func iamKinds() map[string]kind {
	return map[string]kind{
		"AWS::IAM::Role":          kindOf(planRole),
		"AWS::IAM::Policy":        kindOf(planPolicy),
		"AWS::IAM::ManagedPolicy": kindOf(planManagedPolicy),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
type roleProperties struct {
	RoleName                 string
	AssumeRolePolicyDocument any `required:"true"`
	ManagedPolicyArns        []string
	Path                     string `only:"/"`
	Policies                 []struct {
		PolicyDocument any    `required:"true"`
		PolicyName     string `required:"true"`
	}

	Description        any `ignored:"documentation only"`
	MaxSessionDuration any `ignored:"credentials last as long as the local stage runs"`
	Tags               any `ignored:"nothing reads tags"`
}

func planRole(p *planner, r *assembly.Resource, in roleProperties) (assembly.Values, error) {
	name := physicalName(r, in.RoleName, maxRoleName)
	if err := p.claim(r, "iam role", name); err != nil {
		return assembly.Values{}, err
	}
	role := &Role{ID: identify(r), Name: name, ARN: p.globalARN("iam", "role/"+name)}
	for _, inline := range in.Policies {
		if err := role.attach(r.LogicalID, inline.PolicyDocument); err != nil {
			return assembly.Values{}, err
		}
	}
	for _, policyARN := range in.ManagedPolicyArns {
		d, ok := p.managed[policyARN]
		if !ok {
			d, ok = awsManaged(policyARN)
		}
		if !ok {
			return assembly.Values{}, unsupported("Properties.ManagedPolicyArns: %s", policyARN)
		}
		if err := role.attach(d.source, d.document); err != nil {
			return assembly.Values{}, err
		}
	}
	p.roles[name] = role
	p.resources.Roles = append(p.resources.Roles, role)
	values := assembly.Values{Ref: name, Attributes: map[string]any{
		"Arn": role.ARN, "RoleId": "AROA" + strings.ToUpper(resourceID(r, 17)),
	}}
	return values, p.resourcePolicy(r, role.ARN, in.AssumeRolePolicyDocument)
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
type policyProperties struct {
	PolicyDocument any      `required:"true"`
	PolicyName     string   `required:"true"`
	Roles          []string `required:"true"`
}

func planPolicy(p *planner, r *assembly.Resource, in policyProperties) (assembly.Values, error) {
	return assembly.Values{Ref: in.PolicyName}, p.attachAll(r, in.Roles, in.PolicyDocument)
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
type managedPolicyProperties struct {
	ManagedPolicyName string
	Path              string `only:"/"`
	PolicyDocument    any    `required:"true"`
	Roles             []string

	Description any `ignored:"documentation only"`
	Tags        any `ignored:"nothing reads tags"`
}

func planManagedPolicy(p *planner, r *assembly.Resource, in managedPolicyProperties) (assembly.Values, error) {
	name := physicalName(r, in.ManagedPolicyName, maxPolicyName)
	policyARN := p.globalARN("iam", "policy/"+name)
	p.managed[policyARN] = policyDocument{source: r.LogicalID, document: in.PolicyDocument}
	values := assembly.Values{Ref: policyARN, Attributes: map[string]any{"PolicyArn": policyARN}}
	return values, p.attachAll(r, in.Roles, in.PolicyDocument)
}

// A policyDocument is a managed policy before it is attached.
type policyDocument struct {
	source   string
	document any
}

func (p *planner) attachAll(r *assembly.Resource, roles []string, document any) error {
	if _, err := iam.Parse(r.LogicalID, iam.Identity, document); err != nil {
		return err
	}
	for _, name := range roles {
		role, err := p.role(name)
		if err != nil {
			return err
		}
		if err := role.attach(r.LogicalID, document); err != nil {
			return err
		}
	}
	return nil
}

func (role *Role) attach(source string, document any) error {
	policy, err := iam.Parse(source, iam.Identity, document)
	if err != nil {
		return err
	}
	role.Policies = append(role.Policies, policy)
	return nil
}

// role finds a role of the assembly by name or ARN.
func (p *planner) role(nameOrARN string) (*Role, error) {
	name := strings.TrimPrefix(nameOrARN, p.globalARN("iam", "role/"))
	if role, ok := p.roles[name]; ok {
		return role, nil
	}
	return nil, unsupported("role %s, which is not in the assembly,", nameOrARN)
}

// resourcePolicy attaches a policy to a resource.
func (p *planner) resourcePolicy(r *assembly.Resource, resourceARN string, document any) error {
	policy, err := iam.Parse(r.LogicalID, iam.Resource, document)
	if err != nil {
		return err
	}
	p.resources.ResourcePolicies = append(p.resources.ResourcePolicies, ResourcePolicy{ID: identify(r), ARN: resourceARN, Policy: policy})
	return nil
}
