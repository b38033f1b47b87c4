package grant

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
)

// A Resource is what a statement allows something on.
type Resource struct {
	ARN *string
	Key awskms.IKey // nil where AWS's own key encrypts it
}

// ARN is a resource that nothing encrypts.
func ARN(arn *string) Resource { return Resource{ARN: arn} }

// Table is a table without its indexes.
func Table(table awsdynamodb.ITable) Resource {
	return Resource{ARN: table.TableArn(), Key: table.EncryptionKey()}
}

// Index is a table's index.
func Index(table awsdynamodb.ITable, index string) Resource {
	return Resource{ARN: jsii.String(*table.TableArn() + "/index/" + index), Key: table.EncryptionKey()}
}

// Queue is a queue.
func Queue(queue awssqs.IQueue) Resource {
	return Resource{ARN: queue.QueueArn(), Key: queue.EncryptionMasterKey()}
}

// Topic is a topic.
func Topic(topic awssns.ITopic) Resource {
	return Resource{ARN: topic.TopicArn(), Key: topic.MasterKey()}
}

// Objects are those of a bucket whose keys begin with the prefix.
func Objects(bucket awss3.IBucket, prefix string) Resource {
	return Resource{ARN: bucket.ArnForObjects(jsii.String(prefix + "*")), Key: bucket.EncryptionKey()}
}

// keyUses is what a service does with a resource's key in the caller's name. DynamoDB only ever decrypts the table's own key
// for its callers, also when they write.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
var keyUses = map[string][]string{
	"dynamodb":                      {"kms:Decrypt"},
	"s3:GetObject":                  {"kms:Decrypt"},
	"s3:PutObject":                  {"kms:GenerateDataKey"},
	"secretsmanager:GetSecretValue": {"kms:Decrypt"},
	"sns:Publish":                   {"kms:GenerateDataKey", "kms:Decrypt"},
	"sqs:ReceiveMessage":            {"kms:Decrypt"},
	"sqs:SendMessage":               {"kms:GenerateDataKey", "kms:Decrypt"},
}

// keyActions are what the actions on a resource take of its key.
func keyActions(actions []string) []string {
	var all []string
	for _, action := range actions {
		service, _, _ := strings.Cut(action, ":")
		all = append(append(all, keyUses[action]...), keyUses[service]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A Service of AWS uses resources in the name of others of this account.
type Service struct {
	Sid       string
	Principal string  // e.g. "sns.amazonaws.com"
	Sources   *string // ARNs of those others, a pattern with the account
	// SourceAccount asks for the condition key aws:SourceAccount too, which not every service sends.
	SourceAccount bool
}

// Statement allows the service the actions on a resource.
func (s Service) Statement(stack awscdk.Stack, resource *string, actions ...string) awsiam.PolicyStatement {
	conditions := map[string]any{"ArnLike": map[string]any{"aws:SourceArn": s.Sources}}
	if s.SourceAccount {
		conditions["StringEquals"] = map[string]any{"aws:SourceAccount": stack.Account()}
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String(s.Sid),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(s.Principal), nil)},
		Actions:    jsii.Strings(actions...),
		Resources:  &[]*string{resource},
		Conditions: &conditions,
	})
}

// UseKey lets the service do with a key what the action on a resource takes. "*" is this key: a key's policy cannot name the
// key. Nothing happens to an imported key, whose policy is somebody else's, and without a key.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func (s Service) UseKey(stack awscdk.Stack, key awskms.IKey, action string) {
	if key != nil {
		key.AddToResourcePolicy(s.Statement(stack, jsii.String("*"), keyActions([]string{action})...), jsii.Bool(true))
	}
}
