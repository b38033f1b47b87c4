package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// Environment variables that GrantSchedule gives to a function. They differ from those of a hub's grants, so that one
// backend can have both.
const (
	EnvSchedulerUrl       = "HERMES_SCHEDULER_URL"
	EnvSchedulerSecretArn = "HERMES_SCHEDULER_SECRET_ARN"
)

func (s *messageScheduler) GrantSchedule(grantee awsiam.IGrantable) awsiam.Grant {
	tell(grantee, EnvSchedulerUrl, s.ApiUrl())
	if !s.authorizes {
		return awsiam.Grant_Drop(grantee, jsii.String("call the API of "+*s.Node().Path()))
	}
	tell(grantee, EnvSchedulerSecretArn, s.secret.SecretArn())
	read := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings("secretsmanager:GetSecretValue"),
		ResourceArns: &[]*string{s.secret.SecretArn()},
	})
	if key := s.secret.EncryptionKey(); key != nil {
		read = read.Combine(key.GrantDecrypt(grantee))
	}
	return read
}

// tell puts a value into the environment of a grantee that has one.
func tell(grantee awsiam.IGrantable, name string, value *string) {
	if fn, ok := grantee.(awslambda.Function); ok {
		fn.AddEnvironment(jsii.String(name), value, nil)
	}
}
