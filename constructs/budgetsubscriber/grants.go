package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

func (b *budgetSubscriber) GrantPublish(grantee awsiam.IGrantable) awsiam.Grant {
	grant := grantOn(grantee, b.topic.TopicArn(), jsii.Strings("sns:Publish"))
	if b.key == nil {
		return grant
	}
	return grant.Combine(grantOn(grantee, b.key.KeyArn(), keyActions()))
}

func grantOn(grantee awsiam.IGrantable, resource *string, actions *[]*string) awsiam.Grant {
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee, Actions: actions, ResourceArns: &[]*string{resource},
	})
}
