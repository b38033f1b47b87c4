package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
)

func (b *budgetSubscriber) GrantPublish(grantee awsiam.IGrantable) awsiam.Grant {
	publish := grant.On(b.topic, grant.Topic(b.topic), grantee, "sns:Publish")
	giver := grant.Giver{Construct: b, Kind: "budget subscriber"}
	return giver.Give(grantee, publish, nil, nil).Grant
}
