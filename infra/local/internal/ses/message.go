package ses

import (
	"strings"
	"time"
)

// A Message is a mail that SES would have sent.
type Message struct {
	MessageID string    `json:"message_id"`
	Time      time.Time `json:"time"`
	From      string    `json:"from"` // as given, for example "Hermes" <no-reply@example.com>
	To        []string  `json:"to"`
	CC        []string  `json:"cc,omitempty"`
	BCC       []string  `json:"bcc,omitempty"`
	ReplyTo   []string  `json:"reply_to,omitempty"`
	Subject   string    `json:"subject"`
	Text      string    `json:"text"`
	HTML      string    `json:"html"`
	// Headers are those of a raw message, or the additional ones of a simple one, decoded.
	Headers map[string][]string `json:"headers"`
	// ConfigurationSet and Tags of the request.
	ConfigurationSet string            `json:"configuration_set,omitempty"`
	Tags             map[string]string `json:"tags,omitempty"`
	// Outcomes, by address, are those of recipients that would not receive the mail: bounce, complaint or ooto (out of
	// office) for the addresses of SES's mailbox simulator, suppressed for those on the suppression list.
	Outcomes map[string]string `json:"outcomes,omitempty"`
}

func (m *Message) recipients() []string {
	all := make([]string, 0, len(m.To)+len(m.CC)+len(m.BCC))
	return append(append(append(all, m.To...), m.CC...), m.BCC...)
}

// matches reports whether one of the recipients and the subject contain the texts, in any case. "" matches all.
func (m *Message) matches(to, subject string) bool {
	if subject != "" && !contains(m.Subject, subject) {
		return false
	}
	if to == "" {
		return true
	}
	for _, recipient := range m.recipients() {
		if contains(recipient, to) {
			return true
		}
	}
	return false
}

func contains(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
