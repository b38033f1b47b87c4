package budgetsubscriber

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
	"github.com/hermes-cdk/hermes/constructs/internal/sender"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

// newSender makes the sender's identity unless one is given, and the configuration set by which SES reports mails.
func (b *budgetSubscriber) newSender() {
	if !b.sendsMail() {
		return
	}
	b.identity = b.props.SenderIdentity
	if b.identity == nil {
		b.identity = sender.Identity(b, b.props.Sender)
	}
	b.configurationSet = awsses.NewConfigurationSet(b, jsii.String("ConfigurationSet"), nil)
	sender.Report(b, b.configurationSet, awsses.EmailSendingEvent_SEND)
}

func (b *budgetSubscriber) sendsMail() bool { return len(b.props.Recipients) > 0 }

// allowMail allows the function e-mail from the sender's identity, and hands it SES's events: what was sent counts as sent
// although SES's answer was lost or the function was killed.
func (b *budgetSubscriber) allowMail() {
	if !b.sendsMail() {
		return
	}
	b.notify.AddToRolePolicy(sender.Permission{
		Sender: b.props.Sender, Identity: b.identity, ConfigurationSet: b.configurationSet, SandboxRecipients: b.props.SandboxRecipients,
	}.Statement(b))
	resource.NewRule(b, "MailEvents", b.notify, nil, awsevents.RuleProps{
		Description:  jsii.String("Hermes budget: mails that were sent"),
		EventPattern: sender.Reports(b.configurationSet, contract.EventSource, contract.EventDetailType),
	})
}
