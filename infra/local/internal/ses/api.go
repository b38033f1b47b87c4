package ses

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

type content struct{ Data string }

// sendInput is the input of SendEmail
// (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html).
type sendInput struct {
	FromEmailAddress string
	Destination      struct{ ToAddresses, CcAddresses, BccAddresses []string }
	ReplyToAddresses []string
	// The configuration set and tags are part of the mail's events.
	ConfigurationSetName string
	EmailTags            []struct{ Name, Value string }
	Content              struct {
		Simple *struct {
			Subject content
			Body    struct{ Text, Html content } //nolint:revive // the API's names
			Headers []struct{ Name, Value string }
		}
		Raw      *struct{ Data []byte }
		Template *json.RawMessage
	}
}

// ServeHTTP serves version 2 of the API. Requests must be authorized already.
func (b *Outbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const suppressionPath = "/v2/email/suppression/addresses"
	switch path := r.URL.Path; {
	case path == "/v2/email/outbound-emails" && r.Method == http.MethodPost:
		b.sendV2(w, r)
	case path == "/v2/email/account" && r.Method == http.MethodGet:
		_ = wire.RESTJSON.WriteJSON(w, b.accountDetails())
	case path == suppressionPath && r.Method == http.MethodPut:
		b.putSuppression(w, r)
	case strings.HasPrefix(path, suppressionPath+"/"):
		b.oneSuppression(w, r, strings.TrimPrefix(path, suppressionPath+"/"))
	default:
		wire.RESTJSON.WriteError(w, &wire.Error{Code: "NotFoundException", Message: "The local stage has no operation " + r.Method + " " + path + ".", Status: 404})
	}
}

// accountDetails is the response of GetAccount
// (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html).
func (b *Outbox) accountDetails() any {
	b.mu.RLock()
	defer b.mu.RUnlock()
	quota := map[string]float64{"Max24HourSend": 50000, "MaxSendRate": b.rate, "SentLast24Hours": float64(b.sentSince(b.now().Add(-day)))}
	if b.sandbox {
		quota["Max24HourSend"], quota["MaxSendRate"] = sandboxQuota, sandboxRate
	}
	return map[string]any{
		"SendingEnabled": true, "ProductionAccessEnabled": !b.sandbox, "EnforcementStatus": "HEALTHY", "SendQuota": quota,
	}
}

func (b *Outbox) sendV2(w http.ResponseWriter, r *http.Request) {
	var in sendInput
	if e := readJSON(r, &in); e != nil {
		wire.RESTJSON.WriteError(w, e)
		return
	}
	m, e := in.message()
	if e == nil {
		in.mark(&m)
		var id string
		if id, e = b.Send(m); e == nil {
			_ = wire.RESTJSON.WriteJSON(w, map[string]string{"MessageId": id})
			return
		}
	}
	wire.RESTJSON.WriteError(w, e)
}

// mark sets the configuration set and the tags of a mail.
func (in *sendInput) mark(m *Message) {
	m.ConfigurationSet = in.ConfigurationSetName
	for _, tag := range in.EmailTags {
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		m.Tags[tag.Name] = tag.Value
	}
}

func readJSON(r *http.Request, into any) *wire.Error {
	text, err := io.ReadAll(io.LimitReader(r.Body, 2*maxMessage))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return &wire.Error{Code: "SerializationException", Message: "The request is not JSON of the operation's form."}
	}
	return nil
}

func (in *sendInput) message() (Message, *wire.Error) {
	d := in.Destination
	switch {
	case in.Content.Raw != nil:
		if len(in.Content.Raw.Data) > maxMessage {
			return Message{}, tooLong()
		}
		m, err := parseRaw(string(in.Content.Raw.Data), in.FromEmailAddress, d.ToAddresses, d.CcAddresses, d.BccAddresses)
		if err != nil {
			return Message{}, bad("The raw message is malformed.")
		}
		return m, nil
	case in.Content.Simple != nil:
		s := in.Content.Simple
		if s.Subject.Data == "" || s.Body.Text.Data == "" && s.Body.Html.Data == "" {
			return Message{}, bad("The subject and the body of a simple message must not be empty.")
		}
		m := Message{
			From: in.FromEmailAddress, To: d.ToAddresses, CC: d.CcAddresses, BCC: d.BccAddresses, ReplyTo: in.ReplyToAddresses,
			Subject: s.Subject.Data, Text: s.Body.Text.Data, HTML: s.Body.Html.Data, Headers: map[string][]string{},
		}
		for _, h := range s.Headers {
			m.Headers[h.Name] = append(m.Headers[h.Name], h.Value)
		}
		return m, nil
	default:
		return Message{}, bad("The local stage takes simple and raw content, not templates.")
	}
}

func tooLong() *wire.Error {
	return &wire.Error{Code: "MessageRejected", Message: "Message length is more than 41943040 bytes long."}
}
