package resource

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// ImportSecret refers to a secret by its full ARN and that of its key, "" for the AWS managed one. It returns nil for "".
func ImportSecret(scope constructs.Construct, id, arn, keyARN string) awssecretsmanager.ISecret {
	if arn == "" {
		return nil
	}
	return awssecretsmanager.Secret_FromSecretAttributes(scope, jsii.String(id), &awssecretsmanager.SecretAttributes{
		SecretCompleteArn: jsii.String(arn), EncryptionKey: ImportKey(scope, id+"Key", keyARN),
	})
}

// ImportKey refers to a key by its ARN. It returns nil for "".
func ImportKey(scope constructs.Construct, id, arn string) awskms.IKey {
	if arn == "" {
		return nil
	}
	return awskms.Key_FromKeyArn(scope, jsii.String(id), jsii.String(arn))
}

// Optional is text, or nil for "".
func Optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// RegionOf is the region in an ARN that is known while the app synthesizes, or "".
func RegionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[3]
	}
	return ""
}
