package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
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
		b.topic, b.ownTopic = topic, topic
	}
	for _, service := range b.publishers() {
		added := b.topic.AddToResourcePolicy(service.Statement(b.stack(), b.topic.TopicArn(), "sns:Publish"))
		if added.PolicyDependable != nil {
			b.topicPolicy = added.PolicyDependable
		}
		// Without it the service's messages vanish.
		service.UseKey(b.stack(), b.topic.MasterKey(), "sns:Publish")
	}
}

// publishers are the services that publish, with the statements that AWS asks for. Budgets may publish to a topic of somebody
// else's in any case.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
func (b *budgetSubscriber) publishers() []grant.Service {
	all := []grant.Service{{
		Sid: "AllowBudgets", Principal: "budgets.amazonaws.com", Sources: b.accountARN("budgets", "*"), SourceAccount: true,
	}}
	if b.props.CostAnomalies {
		all = append(all, grant.Service{
			Sid: "AllowCostAnomalyDetection", Principal: "costalerts.amazonaws.com", Sources: b.accountARN("ce", "anomalysubscription/*"),
			SourceAccount: true,
		})
	}
	return all
}

// accountARN is the ARN of resources that have no region.
func (b *budgetSubscriber) accountARN(service, resource string) *string {
	return awscdk.Fn_Join(jsii.String(""), jsii.Strings("arn:", *b.stack().Partition(), ":", service, "::", *b.stack().Account(), ":", resource))
}

// keepDeadLetters lets SNS encrypt what it sends to the dead-letter queue. It names all topics of account and region, because
// a key's policy cannot name a topic that the key encrypts.
// https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
func (b *budgetSubscriber) keepDeadLetters() {
	topics := b.stack().FormatArn(&awscdk.ArnComponents{Service: jsii.String("sns"), Resource: jsii.String("*")})
	sns := grant.Service{Sid: "AllowDeadLettersOfSNS", Principal: "sns.amazonaws.com", Sources: topics}
	sns.UseKey(b.stack(), b.deadLetters.EncryptionMasterKey(), "sqs:SendMessage")
}
