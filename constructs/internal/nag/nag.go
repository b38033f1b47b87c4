// Package nag notes beside a resource why a rule of cdk-nag does not apply to it.
//
// A suppression is metadata of the template, so the constructs need no dependency on cdk-nag itself.
// https://github.com/cdklabs/cdk-nag#suppressing-a-rule
package nag

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// Suppression is a rule and the reason for which it does not apply.
type Suppression struct {
	Rule   string // e.g. "AwsSolutions-SMG4"
	Reason string // a sentence; cdk-nag wants ten characters at least
	// AppliesTo narrows the suppression to the findings that a JavaScript regular expression matches, slashes and all,
	// e.g. "/^Resource::.*$/g"; empty means every finding of the rule.
	AppliesTo string
}

// Suppress notes the suppressions on the CloudFormation resource of the construct. Constructs without one are refused:
// a suppression that lands nowhere would hide nothing and mislead the reader.
func Suppress(construct constructs.IConstruct, suppressions ...Suppression) {
	resource, ok := construct.Node().DefaultChild().(awscdk.CfnResource)
	if !ok {
		resource, ok = construct.(awscdk.CfnResource)
	}
	if !ok {
		panic("nag: " + *construct.Node().Path() + " has no CloudFormation resource")
	}
	rules := make([]any, len(suppressions))
	for i, s := range suppressions {
		rule := map[string]any{"id": s.Rule, "reason": s.Reason}
		if s.AppliesTo != "" {
			rule["applies_to"] = []any{map[string]any{"regex": s.AppliesTo}}
		}
		rules[i] = rule
	}
	name, key := "cdk_nag", "rules_to_suppress"
	if noted, ok := resource.GetMetadata(&name).(map[string]any); ok {
		before, _ := noted[key].([]any)
		rules = append(before, rules...)
	}
	resource.AddMetadata(&name, map[string]any{key: rules})
}
