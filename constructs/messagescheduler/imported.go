package messagescheduler

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// FromMessageSchedulerAttributes refers to a scheduler that another stack or app made, by its outputs.
func FromMessageSchedulerAttributes(
	scope constructs.Construct, id *string, attributes *MessageSchedulerAttributes,
) IMessageScheduler {
	s := &messageScheduler{}
	if attributes == nil {
		attributes = &MessageSchedulerAttributes{}
	}
	constructs.NewConstruct_Override(s, scope, id)
	s.url = jsii.String(attributes.ApiUrl)
	s.metricsName = jsii.String(attributes.MetricsName)
	s.secret = resource.ImportSecret(s, "SigningSecret", attributes.SecretArn, attributes.SecretEncryptionKeyArn)
	s.authorizes = s.secret != nil
	return s
}
