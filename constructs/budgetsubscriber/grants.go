package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
)

func (b *budgetSubscriber) GrantPublish(grantee awsiam.IGrantable) awsiam.Grant {
	publish := grant.To(grantee, []*string{b.topic.TopicArn()}, "sns:Publish")
	if b.key == nil {
		return publish
	}
	return publish.Combine(grant.To(grantee, []*string{b.key.KeyArn()}, keyActions()...))
}
