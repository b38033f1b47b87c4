package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
)

func (b *budgetSubscriber) GrantPublish(grantee awsiam.IGrantable) awsiam.Grant {
	publish := grant.On(b.topic, b.topic.TopicArn(), grantee, "sns:Publish")
	if b.key != nil {
		publish = publish.Combine(b.key.Grant(grantee, *jsii.Strings(keyActions()...)...))
	}
	giver := grant.Giver{Construct: b, Kind: "budget subscriber"}
	return giver.Give(grantee, publish, nil, nil).Grant
}
