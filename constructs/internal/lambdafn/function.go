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
	logs := resource.NewLogGroup(scope, *id+"Logs", resource.LogGroup{Retention: p.LogRetention}, p.Resources)
	return awslambda.NewFunction(scope, id, &awslambda.FunctionProps{
		Runtime:       awslambda.Runtime_PROVIDED_AL2023(),
		Handler:       jsii.String("bootstrap"),
		Code:          code(scope, p),
		Role:          newRole(scope, *id, logs),
		LogGroup:      logs,
		Architecture:  p.Architecture,
		MemorySize:    jsii.Number(p.MemoryMB),
		Timeout:       awscdk.Duration_Seconds(jsii.Number(p.Timeout.Seconds())),
		Tracing:       p.Tracing,
		RecursiveLoop: p.RecursiveLoop,
		// The functions log JSON; with this, so does the platform, and one query reads both.
		// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
		LoggingFormat:                awslambda.LoggingFormat_JSON,
		Description:                  optional(p.Description),
		Environment:                  environment(p.Environment),
		ReservedConcurrentExecutions: reserved(p.ReservedConcurrency),
	})
}

func code(scope constructs.Construct, p Props) awslambda.Code {
	if p.Code != nil {
		return p.Code
	}
	return gobundle.Code(scope, gobundle.Function{Package: p.Package}, p.Architecture)
}

// newRole makes a role that may do nothing but write log events of its function. The managed policy that the CDK
// would attach, AWSLambdaBasicExecutionRole, allows that and logs:CreateLogGroup on every log group of the account.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
func newRole(scope constructs.Construct, id string, logs awslogs.ILogGroup) awsiam.Role {
	return awsiam.NewRole(scope, jsii.String(id+"Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"logs": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
				Statements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
					Actions: jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
					// The attribute Arn of a log group ends in ":*", for its streams, whose names Lambda makes up.
					// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
					Resources: &[]*string{logs.LogGroupArn()},
				})},
			}),
		},
	})
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// environment copies variables: the CDK keeps the map, and adds to it.
func environment(variables map[string]*string) *map[string]*string {
	copied := maps.Clone(variables)
	return &copied
}

func reserved(instances int) *float64 {
	if instances == 0 {
		return nil
	}
	return jsii.Number(instances)
}
