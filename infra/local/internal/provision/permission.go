package provision

import (
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
type permissionProperties struct {
	Action        string `required:"true"`
	FunctionName  string `required:"true"`
	Principal     string `required:"true"`
	SourceAccount string
	SourceArn     string
}

// planPermission turns a permission into the statement that Lambda adds to the function's policy
// (https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html).
func planPermission(p *planner, r *assembly.Resource, in permissionProperties) (assembly.Values, error) {
	f, qualifier, err := p.function(in.FunctionName)
	if err != nil {
		return assembly.Values{}, err
	}
	resource := qualified(f, qualifier)
	principal := map[string]any{"AWS": in.Principal}
	if strings.Contains(in.Principal, ".amazonaws.com") {
		principal = map[string]any{"Service": in.Principal}
	}
	condition := map[string]any{}
	if in.SourceArn != "" {
		condition["ArnLike"] = map[string]any{"AWS:SourceArn": in.SourceArn}
	}
	if in.SourceAccount != "" {
		condition["StringEquals"] = map[string]any{"AWS:SourceAccount": in.SourceAccount}
	}
	document := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Sid": r.LogicalID, "Effect": "Allow", "Principal": principal,
		"Action": in.Action, "Resource": resource, "Condition": condition,
	}}}
	return assembly.Values{Ref: r.LogicalID}, p.resourcePolicy(r, resource, document)
}
