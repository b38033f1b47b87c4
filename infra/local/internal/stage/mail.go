package stage

import "github.com/hermes-cdk/hermes/infra/local/internal/mail"

// startMail opens the outbox, in which every mail ends, and lets the template's identities send.
func (s *Stage) startMail() error {
	options := mail.Options{Rate: float64(s.options.Limits.MailsASecond)}
	if !s.options.Ephemeral {
		options.File = s.path("outbox.jsonl")
	}
	outbox, err := mail.New(options)
	if err != nil {
		return err
	}
	for _, identity := range s.world.Identities {
		outbox.Verify(identity.Name)
	}
	s.mails = outbox
	return nil
}
