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

// GrantOptions is what a grant takes beside the grantee.
type GrantOptions = grant.Options

// Grant is what a grant returns.
type Grant = grant.Grant

func (s *messageScheduler) GrantSchedule(grantee awsiam.IGrantable, options ...GrantOptions) Grant {
	giver := grant.Giver{Construct: s, Kind: "message scheduler"}
	if !s.authorizes {
		return Grant{
			Grant:       awsiam.Grant_Drop(grantee, jsii.String("call the API of "+*s.Node().Path())),
			Environment: giver.Inform(grantee, map[string]*string{EnvSchedulerUrl: s.ApiUrl()}, options),
		}
	}
	return giver.Give(grantee, grant.ReadSecret(s.secret, grantee), map[string]*string{
		EnvSchedulerUrl:       s.ApiUrl(),
		EnvSchedulerSecretArn: s.secret.SecretArn(),
	}, options)
}
