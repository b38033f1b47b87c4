package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
)

// Environment variables that GrantSchedule gives to a function. They differ from those of a hub's grants, so that one
// backend can have both.
const (
	EnvSchedulerUrl       = "HERMES_SCHEDULER_URL"
	EnvSchedulerSecretArn = "HERMES_SCHEDULER_SECRET_ARN"
)

func (s *messageScheduler) GrantSchedule(grantee awsiam.IGrantable) awsiam.Grant {
	grant.SetEnvironment(grantee, EnvSchedulerUrl, s.ApiUrl())
	if !s.authorizes {
		return awsiam.Grant_Drop(grantee, jsii.String("call the API of "+*s.Node().Path()))
	}
	grant.SetEnvironment(grantee, EnvSchedulerSecretArn, s.secret.SecretArn())
	return grant.ReadSecret(s.secret, grantee)
}
