package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/sender"
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
	sender.Report(s, s.configurationSet, awsses.EmailSendingEvent_SEND, awsses.EmailSendingEvent_BOUNCE,
		awsses.EmailSendingEvent_COMPLAINT, awsses.EmailSendingEvent_REJECT)
}

// sendsMail reports whether there is somebody to send as. Without, there is nothing that only mail needs.
func (s *messageScheduler) sendsMail() bool { return s.props.Sender != "" }
