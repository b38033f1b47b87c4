package resource

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NewRule makes a rule that invokes function. retry is that of the target, nil for the service's default.
//
// It is what awseventstargets does for a function: that package has a target for every service, whose bindings everyone who uses
// a construct would have to compile.
func NewRule(scope constructs.Construct, id string, function awslambda.Function, retry *awsevents.CfnRule_RetryPolicyProperty, props awsevents.RuleProps) awsevents.Rule {
	props.Targets = &[]awsevents.IRuleTarget{&functionTarget{&awsevents.RuleTargetConfig{Arn: function.FunctionArn(), RetryPolicy: retry}}}
	rule := awsevents.NewRule(scope, &id, &props)
	function.AddPermission(jsii.String("AllowEventRule"+*awscdk.Names_NodeUniqueId(function.Node())), &awslambda.Permission{
		Scope: rule, Principal: awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil), SourceArn: rule.RuleArn(),
	})
	return rule
}

type functionTarget struct{ config *awsevents.RuleTargetConfig }

// Bind implements awsevents.IRuleTarget.
func (t *functionTarget) Bind(interfacesawsevents.IRuleRef, *string) *awsevents.RuleTargetConfig {
	return t.config
}
