package sns

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/"

// escape returns text as XML character data.
func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a bytes.Buffer takes everything
	return b.String()
}

// writeResult responds to action with the elements in result.
func writeResult(w http.ResponseWriter, action, result string) {
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write([]byte(`<` + action + `Response xmlns="` + namespace + `"><` + action + `Result>` + result + `</` + action +
		`Result><ResponseMetadata><RequestId>` + uuid.New() + `</RequestId></ResponseMetadata></` + action + `Response>`))
}

// writeError responds as AWS does: an apiError as it is, anything else as InternalError.
func writeError(w http.ResponseWriter, err error) {
	var api *apiError
	if !errors.As(err, &api) {
		api = &apiError{http.StatusInternalServerError, "InternalError", err.Error()}
	}
	fault := "Sender"
	if api.status >= 500 {
		fault = "Receiver"
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(api.status)
	_, _ = w.Write([]byte(`<ErrorResponse xmlns="` + namespace + `"><Error><Type>` + fault + `</Type><Code>` + escape(api.code) +
		`</Code><Message>` + escape(api.message) + `</Message></Error><RequestId>` + uuid.New() + `</RequestId></ErrorResponse>`))
}

// An xmlEntry is one pair of an attribute map.
type xmlEntry struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func writeEntries(entries []xmlEntry) string {
	var b bytes.Buffer
	b.WriteString("<Attributes>")
	for _, e := range entries {
		b.WriteString("<entry><key>" + escape(e.Key) + "</key><value>" + escape(e.Value) + "</value></entry>")
	}
	b.WriteString("</Attributes>")
	return b.String()
}

// An xmlSubscription is one element of a list of subscriptions.
type xmlSubscription struct {
	SubscriptionArn, TopicArn, Protocol, Endpoint, Owner string
}

func writeSubscriptions(list []xmlSubscription) string {
	var b bytes.Buffer
	b.WriteString("<Subscriptions>")
	for _, s := range list {
		b.WriteString("<member><SubscriptionArn>" + escape(s.SubscriptionArn) + "</SubscriptionArn><TopicArn>" + escape(s.TopicArn) +
			"</TopicArn><Protocol>" + escape(s.Protocol) + "</Protocol><Endpoint>" + escape(s.Endpoint) + "</Endpoint><Owner>" +
			escape(s.Owner) + "</Owner></member>")
	}
	b.WriteString("</Subscriptions>")
	return b.String()
}
