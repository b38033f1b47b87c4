package resource

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// LogGroup describes a log group.
type LogGroup struct {
	Name      *string               // nil for one that CloudFormation makes up
	Retention awslogs.RetentionDays // "" for a month
}

// NewLogGroup makes a log group, and lets CloudWatch Logs use its key.
func NewLogGroup(scope constructs.Construct, id string, group LogGroup, options Options) awslogs.LogGroup {
	props := &awslogs.LogGroupProps{
		LogGroupName:  group.Name,
		Retention:     cmp.Or(group.Retention, awslogs.RetentionDays_ONE_MONTH),
		RemovalPolicy: options.RemovalPolicy,
	}
	if options.Key != nil {
		props.EncryptionKey = options.Key
		options.Key.AddToResourcePolicy(logsEncrypt(awscdk.Stack_Of(scope)), jsii.Bool(true))
	}
	return awslogs.NewLogGroup(scope, jsii.String(id), props)
}

// logsEncrypt is the statement that CloudWatch Logs asks for, with the actions that its stars stand for. It names all log
// groups of account and region, because a key's policy cannot name what depends on the key; "*" is this key.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func logsEncrypt(stack awscdk.Stack) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String("AllowCloudWatchLogs"),
		Principals: &[]awsiam.IPrincipal{
			awsiam.NewServicePrincipal(jsii.String("logs."+*stack.Region()+"."+*stack.UrlSuffix()), nil),
		},
		Actions: jsii.Strings("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo",
			"kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"),
		Resources: jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": stack.FormatArn(&awscdk.ArnComponents{
				Service:      jsii.String("logs"),
				Resource:     jsii.String("log-group"),
				ResourceName: jsii.String("*"),
				ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
			}),
		}},
	})
}
