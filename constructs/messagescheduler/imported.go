package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// FromMessageSchedulerAttributes refers to a scheduler that another stack or app made, by its outputs.
func FromMessageSchedulerAttributes(
	scope constructs.Construct, id *string, attributes *MessageSchedulerAttributes,
) IMessageScheduler {
	s := &messageScheduler{}
	constructs.NewConstruct_Override(s, scope, id)
	s.url = jsii.String(attributes.ApiUrl)
	s.metricsName = jsii.String(attributes.MetricsName)
	if attributes.SecretArn != "" {
		s.authorizes = true
		s.secret = awssecretsmanager.Secret_FromSecretCompleteArn(s, jsii.String("SigningSecret"), jsii.String(attributes.SecretArn))
	}
	return s
}
