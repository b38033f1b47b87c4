package sender

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Report has SES report what becomes of a configuration set's mails, on the default bus: SES sends events to no other.
// https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
func Report(scope constructs.Construct, set awsses.IConfigurationSet, events ...awsses.EmailSendingEvent) {
	bus := awsevents.EventBus_FromEventBusName(scope, jsii.String("DefaultBus"), jsii.String("default"))
	awsses.NewConfigurationSetEventDestination(scope, jsii.String("Events"), &awsses.ConfigurationSetEventDestinationProps{
		ConfigurationSet: set,
		Destination:      awsses.EventDestination_EventBus(bus),
		Events:           &events,
	})
}

// Reports matches the events of a configuration set's mails. The bus carries those of every set of the account that sends
// them there.
func Reports(set awsses.IConfigurationSet, source string, detailTypes ...string) *awsevents.EventPattern {
	return &awsevents.EventPattern{
		Source:     jsii.Strings(source),
		DetailType: jsii.Strings(detailTypes...),
		Detail: &map[string]any{"mail": map[string]any{"tags": map[string]any{
			"ses:configuration-set": []*string{set.ConfigurationSetName()},
		}}},
	}
}

// ConfigurationSetARN is the set's ARN. SES checks that a mail's sender may use the set, beside the identity.
// https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
func ConfigurationSetARN(scope constructs.Construct, set awsses.IConfigurationSet) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("ses"), Resource: jsii.String("configuration-set"), ResourceName: set.ConfigurationSetName(),
	})
}
