package stage

import (
	"github.com/hermes-cdk/hermes/infra/local/internal/eventbridge"
	"github.com/hermes-cdk/hermes/infra/local/internal/ses"
)

// startMail opens the outbox with the template's identities and configuration sets.
func (s *Stage) startMail() error {
	options := ses.Options{Account: s.environment.Account, Region: s.environment.Region, Rate: float64(s.options.Limits.MailsASecond), Notify: s.publishMail}
	if !s.options.Ephemeral {
		options.File = s.path("outbox.jsonl")
	}
	outbox, err := ses.New(options)
	if err != nil {
		return err
	}
	for _, identity := range s.resources.Identities {
		outbox.AddIdentity(identity.Name)
		if s.options.ConfirmIdentities {
			outbox.Verify(identity.Name)
		}
	}
	for _, set := range s.resources.ConfigurationSets {
		outbox.AddConfigurationSet(set.Name, set.Events)
	}
	s.mails = outbox
	return nil
}

// publishMail puts an event of SES on the default bus. A mail sent before the rules exist has no events.
func (s *Stage) publishMail(e ses.Event) {
	if !s.hearing.Load() {
		return
	}
	err := s.bus.Put(eventbridge.Event{
		Source: "aws.ses", DetailType: e.DetailType, Account: s.environment.Account, Region: s.environment.Region,
		Time: e.Time, Resources: e.Resources, Detail: e.Detail,
	})
	if err != nil {
		s.log.Error("event of a mail is lost", "error", err)
	}
}
