package budgetsubscriber

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// FromBudgetSubscriberAttributes refers to a subscriber that another stack or app made, by its outputs.
func FromBudgetSubscriberAttributes(scope constructs.Construct, id *string, attributes *BudgetSubscriberAttributes) IBudgetSubscriber {
	b := &budgetSubscriber{}
	constructs.NewConstruct_Override(b, scope, id)
	if attributes == nil || attributes.TopicArn == "" {
		panic(fmt.Sprintf("budget subscriber %q: imported without topicArn", *b.Node().Path()))
	}
	b.topic = awssns.Topic_FromTopicAttributes(b, jsii.String("Topic"), &awssns.TopicAttributes{
		TopicArn: jsii.String(attributes.TopicArn), KeyArn: resource.Optional(attributes.EncryptionKeyArn),
	})
	return b
}
