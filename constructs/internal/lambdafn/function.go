package lambdafn

import (
	"fmt"
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/gobundle"
	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/nag"
	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// New makes the function id in scope, and beside it its role, id+"Role", and its log group, id+"Logs". Grants on the
// function add to the role's policy.
//
// It panics with all validation errors of props, and if the code does not build.
func New(scope constructs.Construct, id *string, props *Props) awslambda.Function {
	p := props.withDefaults()
	if err := p.validate(); err != nil {
		panic(fmt.Errorf("lambdafn: function %s/%s: %w", *scope.Node().Path(), *id, err))
	}
	logs := p.LogGroup
	if logs == nil {
		logs = resource.NewLogGroup(scope, *id+"Logs", resource.LogGroup{Retention: p.LogRetention}, p.Resources)
	}
	function := &awslambda.FunctionProps{
		Runtime:                      awslambda.Runtime_PROVIDED_AL2023(),
		Handler:                      jsii.String("bootstrap"),
		Code:                         code(scope, p),
		Role:                         newRole(scope, *id, p.policies(logs)),
		LogGroup:                     logs,
		Architecture:                 p.Architecture,
		MemorySize:                   jsii.Number(p.MemoryMB),
		Timeout:                      awscdk.Duration_Seconds(jsii.Number(p.Timeout.Seconds())),
		RecursiveLoop:                p.RecursiveLoop,
		Description:                  resource.Optional(p.Description),
		Environment:                  environment(p),
		ReservedConcurrentExecutions: reserved(p.ReservedConcurrency),
	}
	p.Options.apply(function)
	fn := awslambda.NewFunction(scope, id, function)
	if p.Tracing == awslambda.Tracing_ACTIVE {
		nag.Suppress(fn.Role().Node().FindChild(jsii.String("DefaultPolicy")), nag.Suppression{
			Rule: "AwsSolutions-IAM5", Reason: "X-Ray has no resource level for the segments that a function writes.", AppliesTo: everyResource,
		})
	}
	return fn
}

// everyResource is how cdk-nag names the resource "*".
const everyResource = `/^Resource::\*$/g`

func code(scope constructs.Construct, p Props) awslambda.Code {
	if p.Code != nil {
		return p.Code
	}
	return gobundle.Code(scope, gobundle.Function{Package: p.Package}, p.Architecture)
}

// newRole makes a role that may do what the policies say, by name. The managed policy that the CDK would attach,
// AWSLambdaBasicExecutionRole, allows logs:CreateLogGroup on every log group of the account too.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
func newRole(scope constructs.Construct, id string, policies map[string]awsiam.PolicyDocument) awsiam.Role {
	role := awsiam.NewRole(scope, jsii.String(id+"Role"), &awsiam.RoleProps{
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &policies,
	})
	if policies[networkPolicy] != nil {
		nag.Suppress(role, nag.Suppression{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Lambda attaches functions to a VPC by network interfaces that do not exist yet; the function itself is denied it.",
			AppliesTo: everyResource,
		})
	}
	return role
}

const networkPolicy = "network"

// policies let a function write log events and, in a VPC, have Lambda attach it there.
func (p Props) policies(logs awslogs.ILogGroup) map[string]awsiam.PolicyDocument {
	all := map[string]awsiam.PolicyDocument{
		// The attribute Arn of a log group ends in ":*", for its streams, whose names Lambda makes up.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
		"logs": document(grant.Statement([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, logs.LogGroupArn())),
	}
	if p.Vpc != nil {
		all[networkPolicy] = network()
	}
	return all
}

// network allows what Lambda does to attach a function to a VPC, and denies it to the function's own code, whose calls carry the
// key lambda:SourceFunctionArn.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
// https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
func network() awsiam.PolicyDocument {
	actions := []string{
		"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
		"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
	}
	return document(
		grant.Statement(actions, jsii.String("*")),
		awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Effect: awsiam.Effect_DENY, Actions: jsii.Strings(actions...), Resources: jsii.Strings("*"),
			Conditions: &map[string]any{"Null": map[string]any{"lambda:SourceFunctionArn": "false"}},
		}),
	)
}

func document(statements ...awsiam.PolicyStatement) awsiam.PolicyDocument {
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements})
}

// environment copies variables: the CDK keeps the map, and adds to it.
func environment(p Props) *map[string]*string {
	all := map[string]*string{}
	maps.Copy(all, p.Environment)
	maps.Copy(all, p.Variables)
	return &all
}

func reserved(instances int) *float64 {
	if instances == 0 {
		return nil
	}
	return jsii.Number(instances)
}
