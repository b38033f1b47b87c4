package operation

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
)

type mailInput struct {
	FromEmailAddress, FromEmailAddressIdentityArn, ConfigurationSetName string
	FeedbackForwardingEmailAddress                                      string
	Destination                                                         struct{ ToAddresses, CcAddresses, BccAddresses []string }
	Content                                                             struct{ Raw *struct{ Data string } }
}

// mail identifies the operations of SES's API version 2
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html).
func (id *Identifier) mail(op *Operation, r *Request) {
	path, method := r.HTTP.URL.Path, r.HTTP.Method
	switch {
	case path == "/v2/email/outbound-emails" && method == http.MethodPost:
		op.Name = "SendEmail"
		var in mailInput
		_ = json.Unmarshal(r.Body, &in)
		id.mailV2(op, in)
	case path == "/v2/email/account" && method == http.MethodGet:
		op.Name = "GetAccount"
		op.grant("ses:GetAccount", "*", nil)
	case strings.HasPrefix(path, "/v2/email/suppression/addresses"):
		op.Name = suppressionName(method, strings.TrimPrefix(path, "/v2/email/suppression/addresses"))
		if op.Name != "" {
			op.grant("ses:"+op.Name, "*", nil)
		}
	}
}

func suppressionName(method, rest string) string {
	switch {
	case method == http.MethodPut:
		return "PutSuppressedDestination"
	case method == http.MethodDelete:
		return "DeleteSuppressedDestination"
	case method == http.MethodGet && rest == "":
		return "ListSuppressedDestinations"
	case method == http.MethodGet:
		return "GetSuppressedDestination"
	}
	return ""
}

func (id *Identifier) mailV2(op *Operation, in mailInput) {
	from, recipients := in.FromEmailAddress, slices.Concat(in.Destination.ToAddresses, in.Destination.CcAddresses, in.Destination.BccAddresses)
	action := "ses:SendEmail"
	if in.Content.Raw != nil {
		// Raw content is authorized as the operation it was in version 1.
		action = "ses:SendRawEmail"
		raw, err := base64.StdEncoding.DecodeString(in.Content.Raw.Data)
		if err == nil {
			from, recipients = rawAddresses(string(raw), from, recipients)
		}
	}
	id.send(op, action, from, in.FromEmailAddressIdentityArn, in.FeedbackForwardingEmailAddress, in.ConfigurationSetName, recipients)
}

// rawAddresses takes sender and recipients from a message's headers where the request does not give them.
func rawAddresses(raw, from string, recipients []string) (string, []string) {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return from, recipients
	}
	if from == "" {
		from = m.Header.Get("From")
	}
	if len(recipients) > 0 {
		return from, recipients
	}
	for _, name := range []string{"To", "Cc", "Bcc"} {
		list, err := m.Header.AddressList(name)
		if err != nil {
			continue
		}
		for _, a := range list {
			recipients = append(recipients, a.Address)
		}
	}
	return from, recipients
}

func (id *Identifier) send(op *Operation, action, from, identity, feedback, configurationSet string, recipients []string) {
	address, name := from, ""
	if parsed, err := mail.ParseAddress(from); err == nil {
		address, name = parsed.Address, parsed.Name
	}
	context := map[string][]string{"ses:FromAddress": {address}, "ses:Recipients": bareAddresses(recipients)}
	if name != "" {
		context["ses:FromDisplayName"] = []string{name}
	}
	if feedback != "" {
		context["ses:FeedbackAddress"] = []string{feedback}
	}
	op.Units = float64(max(1, len(recipients)))
	op.grant(action, id.mailIdentity(address, identity), context)
	if id.RecipientARN != nil {
		for _, recipient := range context["ses:Recipients"] {
			if arn, ok := id.RecipientARN(recipient); ok {
				op.grant(action, arn, context)
			}
		}
	}
	if configurationSet != "" {
		op.grant(action, id.arn("ses", "configuration-set/", configurationSet), context)
	}
}

func bareAddresses(list []string) []string {
	bare := make([]string, 0, len(list))
	for _, text := range list {
		if a, err := mail.ParseAddress(text); err == nil {
			text = a.Address
		}
		bare = append(bare, text)
	}
	return bare
}

// mailIdentity returns the identity that an address sends under: the one named, the one that exists, or, for the error
// message, the address itself.
func (id *Identifier) mailIdentity(address, named string) string {
	if named != "" {
		return named
	}
	if id.MailIdentityARN != nil {
		if arn, ok := id.MailIdentityARN(address); ok {
			return arn
		}
	}
	return id.arn("ses", "identity/", address)
}
