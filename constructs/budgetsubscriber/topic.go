package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
)

// newTopic makes the topic, or takes the one given, and lets the services publish to it.
func (b *budgetSubscriber) newTopic() {
	b.topic = b.props.Topic
	if b.topic == nil {
		topic := awssns.NewTopic(b, jsii.String("Topic"), &awssns.TopicProps{
			// Version 2 is signed with SHA-256. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
			SignatureVersion: jsii.String("2"),
			EnforceSSL:       jsii.Bool(true),
			MasterKey:        b.props.EncryptionKey,
		})
		b.topic, b.ownTopic, b.key = topic, topic, b.props.EncryptionKey
	}
	for _, s := range b.services() {
		added := b.topic.AddToResourcePolicy(b.servicePublishes(s))
		if added.PolicyDependable != nil {
			b.topicPolicy = added.PolicyDependable
		}
		if b.key != nil {
			b.key.AddToResourcePolicy(b.serviceEncrypts(s), jsii.Bool(true))
		}
	}
}

// A service publishes to the topic for resources of this account.
type service struct {
	sid, principal string
	resources      *string // ARNs that it publishes for
}

// services are those that publish. Budgets may publish to a topic of somebody else's in any case.
func (b *budgetSubscriber) services() []service {
	all := []service{{"AllowBudgets", "budgets.amazonaws.com", b.accountARN("budgets", "*")}}
	if b.props.CostAnomalies {
		all = append(all, service{"AllowCostAnomalyDetection", "costalerts.amazonaws.com", b.accountARN("ce", "anomalysubscription/*")})
	}
	return all
}

// accountARN is the ARN of resources that have no region.
func (b *budgetSubscriber) accountARN(service, resource string) *string {
	return awscdk.Fn_Join(jsii.String(""), jsii.Strings("arn:", *b.stack().Partition(), ":", service, "::", *b.stack().Account(), ":", resource))
}

// servicePublishes is the statement that AWS asks for.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
func (b *budgetSubscriber) servicePublishes(s service) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String(s.sid),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(s.principal), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{b.topic.TopicArn()},
		Conditions: b.forThisAccount(s),
	})
}

// serviceEncrypts lets the service use the topic's key, without which its messages vanish. "*" is this key: a key's policy
// cannot name the key. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func (b *budgetSubscriber) serviceEncrypts(s service) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String(s.sid),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(s.principal), nil)},
		Actions:    jsii.Strings(keyActions()...),
		Resources:  jsii.Strings("*"),
		Conditions: b.forThisAccount(s),
	})
}

func keyActions() []string { return []string{"kms:GenerateDataKey", "kms:Decrypt"} }

func (b *budgetSubscriber) forThisAccount(s service) *map[string]any {
	return &map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": b.stack().Account()},
		"ArnLike":      map[string]any{"aws:SourceArn": s.resources},
	}
}
