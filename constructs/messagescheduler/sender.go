package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/sender"
	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

// newSender makes the identity that sends, the configuration set it sends with, and the destination of its events, or takes
// the first two as given.
func (s *messageScheduler) newSender() {
	if !s.sendsMail() {
		return
	}
	s.identity = s.props.SenderIdentity
	if s.identity == nil {
		s.identity = sender.Identity(s, s.props.Sender)
	}
	s.configurationSet = s.props.ConfigurationSet
	if s.configurationSet == nil {
		s.configurationSet = awsses.NewConfigurationSet(s, jsii.String("ConfigurationSet"), nil)
	}
	// SES sends events to the default bus only.
	// https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
	bus := awsevents.EventBus_FromEventBusName(s, jsii.String("DefaultBus"), jsii.String("default"))
	awsses.NewConfigurationSetEventDestination(s, jsii.String("Events"), &awsses.ConfigurationSetEventDestinationProps{
		ConfigurationSet: s.configurationSet,
		Destination:      awsses.EventDestination_EventBus(bus),
		Events: &[]awsses.EmailSendingEvent{
			awsses.EmailSendingEvent_SEND, awsses.EmailSendingEvent_BOUNCE,
			awsses.EmailSendingEvent_COMPLAINT, awsses.EmailSendingEvent_REJECT,
		},
	})
}

// sendsMail reports whether there is somebody to send as. Without, there is nothing that only mail needs.
func (s *messageScheduler) sendsMail() bool { return s.props.Sender != "" }

// senderAddress is the bare address of Sender, "" if that is not known yet.
func (s *messageScheduler) senderAddress() string {
	if validate.Unresolved(s.props.Sender) {
		return ""
	}
	return sender.Address(s.props.Sender)
}

func (s *messageScheduler) configurationSetARN() *string {
	return awscdk.Stack_Of(s).FormatArn(&awscdk.ArnComponents{
		Service:      jsii.String("ses"),
		Resource:     jsii.String("configuration-set"),
		ResourceName: s.configurationSet.ConfigurationSetName(),
	})
}
