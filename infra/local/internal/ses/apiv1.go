package ses

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

const namespaceV1 = "http://ses.amazonaws.com/doc/2010-12-01/"

// serveV1 serves version 1 of the API (https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html).
func (b *Outbox) serveV1(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 2*maxMessage))
	if err != nil {
		wire.Query.WriteError(w, &wire.Error{Code: "InternalFailure", Message: "The request could not be read.", Status: 500})
		return
	}
	if len(text) == 0 {
		text = []byte(r.URL.RawQuery)
	}
	in, err := url.ParseQuery(string(text))
	if err != nil {
		wire.Query.WriteError(w, &wire.Error{Code: "MalformedQueryString", Message: "The query string contains a syntax error.", Status: 404})
		return
	}
	action := in.Get("Action")
	m, fault := b.messageV1(action, in)
	if fault != nil {
		wire.Query.WriteError(w, fault)
		return
	}
	m.ConfigurationSet = in.Get("ConfigurationSetName")
	id, fault := b.Send(m)
	if fault != nil {
		wire.Query.WriteError(w, v1Error(fault))
		return
	}
	wire.WriteQuery(w, namespaceV1, action, "<MessageId>"+wire.Escape(id)+"</MessageId>")
}

func (b *Outbox) messageV1(action string, in url.Values) (Message, *wire.Error) {
	switch action {
	case "SendEmail":
		return Message{
			From: in.Get("Source"), To: list(in, "Destination.ToAddresses"), CC: list(in, "Destination.CcAddresses"),
			BCC: list(in, "Destination.BccAddresses"), ReplyTo: list(in, "ReplyToAddresses"), Subject: in.Get("Message.Subject.Data"),
			Text: in.Get("Message.Body.Text.Data"), HTML: in.Get("Message.Body.Html.Data"), Headers: map[string][]string{},
		}, nil
	case "SendRawEmail":
		raw, err := base64.StdEncoding.DecodeString(in.Get("RawMessage.Data"))
		if err != nil {
			return Message{}, &wire.Error{Code: "InvalidParameterValue", Message: "RawMessage.Data is not base64."}
		}
		if len(raw) > maxMessage {
			return Message{}, tooLong()
		}
		m, err := parseRaw(string(raw), in.Get("Source"), list(in, "Destinations"), nil, nil)
		if err != nil {
			return Message{}, &wire.Error{Code: "InvalidParameterValue", Message: "The raw message is malformed."}
		}
		return m, nil
	default:
		return Message{}, &wire.Error{Code: "InvalidAction", Message: "The local stage has no operation " + action + "."}
	}
}

// list gives the parameters name.member.1, name.member.2 and so on.
func list(in url.Values, name string) []string {
	var values []string
	for i := 1; in.Has(name + ".member." + strconv.Itoa(i)); i++ {
		values = append(values, in.Get(name+".member."+strconv.Itoa(i)))
	}
	return values
}

// v1Error gives the name that version 1 has for an error of version 2.
func v1Error(e *wire.Error) *wire.Error {
	switch e.Code {
	case "BadRequestException":
		return &wire.Error{Code: "InvalidParameterValue", Message: e.Message}
	case "TooManyRequestsException":
		return &wire.Error{Code: "Throttling", Message: e.Message}
	case "NotFoundException": // of what a mail names there is only its configuration set
		return &wire.Error{Code: "ConfigurationSetDoesNotExist", Message: e.Message}
	}
	return e
}
