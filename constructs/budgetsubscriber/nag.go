package budgetsubscriber

import (
	"github.com/hermes-cdk/hermes/constructs/internal/nag"
)

// explain notes beside each resource why a rule of cdk-nag does not apply to it.
func (b *budgetSubscriber) explain() {
	if b.route != nil {
		nag.Suppress(b.route, nag.Suppression{
			Rule:   "AwsSolutions-APIG4",
			Reason: "SNS has no credentials for an API; the function accepts only what SNS has signed for this topic.",
		})
	}
	if b.ownTopic != nil && b.props.EncryptionKey == nil {
		nag.Suppress(b.ownTopic, nag.Suppression{
			Rule:   "AwsSolutions-SNS2",
			Reason: "Alerts hold no secret, and Budgets cannot publish to a topic under the AWS managed key; encryptionKey takes a key.",
		})
	}
}
