// Package kms knows which key of AWS KMS encrypts which resource, and what a service does with the key in the name of who uses
// the resource. Nothing is encrypted on this machine: what a key adds here is the permissions that it takes.
package kms

import (
	"strings"
)

// uses are the actions on a key that an action on a resource takes of its caller. DynamoDB decrypts the table's own key for
// whatever is done with items, also for writing.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
var uses = map[string][]string{
	"dynamodb:BatchGetItem": {decrypt}, "dynamodb:BatchWriteItem": {decrypt}, "dynamodb:ConditionCheckItem": {decrypt},
	"dynamodb:DeleteItem": {decrypt}, "dynamodb:GetItem": {decrypt}, "dynamodb:PutItem": {decrypt}, "dynamodb:Query": {decrypt},
	"dynamodb:Scan": {decrypt}, "dynamodb:UpdateItem": {decrypt},
	"s3:GetObject": {decrypt}, "s3:GetObjectVersion": {decrypt}, "s3:PutObject": {generate},
	"secretsmanager:GetSecretValue": {decrypt}, "secretsmanager:PutSecretValue": {generate, decrypt},
	"secretsmanager:UpdateSecret": {generate, decrypt},
	"sns:Publish":                 {generate, decrypt},
	"sqs:ReceiveMessage":          {decrypt}, "sqs:SendMessage": {generate, decrypt},
}

const decrypt, generate = "kms:Decrypt", "kms:GenerateDataKey"

// Keys holds the ARNs of keys by the ARNs of the resources that they encrypt. A nil map is one without keys.
type Keys map[string]string

// A Use is one action on a key.
type Use struct {
	Action, Key string
	Context     map[string][]string // condition keys
}

// Uses are what an action on a resource takes of the resource's key; none without a key.
func (k Keys) Uses(action, resource string) []Use {
	key, encrypted := k.of(resource)
	if !encrypted {
		return nil
	}
	var all []Use
	for _, use := range uses[action] {
		all = append(all, Use{Action: use, Key: key, Context: conditions(resource, key)})
	}
	return all
}

// of finds the key of a resource, of a table's index and of a bucket's object.
func (k Keys) of(resource string) (string, bool) {
	if key, ok := k[resource]; ok {
		return key, true
	}
	table, _, _ := strings.Cut(resource, "/index/")
	bucket, _, _ := strings.Cut(resource, "/")
	for _, whole := range []string{table, bucket} {
		if key, ok := k[whole]; ok {
			return key, true
		}
	}
	return "", false
}

// conditions are the condition keys of a call by a resource's service in somebody's name.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func conditions(resource, key string) map[string][]string {
	service, region := strings.Split(resource, ":"), strings.Split(key, ":")
	if len(service) < 6 || len(region) < 6 {
		return nil
	}
	return map[string][]string{"kms:ViaService": {service[2] + "." + region[3] + ".amazonaws.com"}}
}

// LogActions are what CloudWatch Logs does with the key of a log group.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func LogActions() []string {
	return []string{"kms:Encrypt", decrypt, "kms:ReEncryptFrom", "kms:ReEncryptTo", generate, "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"}
}

// IsManaged reports whether an alias or its ARN is that of a key that AWS manages: whoever may use the service may use it.
// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
func IsManaged(key string) bool {
	return strings.HasPrefix(key[strings.LastIndexByte(key, ':')+1:], "alias/aws/")
}
