package sns

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Message types.
const (
	typeNotification = "Notification"
	typeSubscribe    = "SubscriptionConfirmation"
	typeUnsubscribe  = "UnsubscribeConfirmation"
)

// An attribute is a message attribute in an envelope.
type attribute struct {
	Type  string
	Value string // base64 for Binary
}

// A message is the content of envelopes.
type message struct {
	kind       string
	id         string
	topic      topic
	text       string
	subject    *string // nil: none
	token      string  // of a confirmation
	timestamp  string
	attributes map[string]attribute
}

// subscribeURL confirms by a GET; it is signed.
func (m message) subscribeURL() string {
	return "https://sns." + regionOf(m.topic.arn) + ".amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + m.topic.arn + "&Token=" + m.token
}

func unsubscribeURL(subscriptionARN string) string {
	return "https://sns." + regionOf(subscriptionARN) + ".amazonaws.com/?Action=Unsubscribe&SubscriptionArn=" + subscriptionARN // colons are not escaped, as AWS writes them
}

// stringToSign puts each signed field on a line below its name.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
func (m message) stringToSign() string {
	fields := []string{"Message", m.text, "MessageId", m.id}
	if m.kind == typeNotification {
		if m.subject != nil {
			fields = append(fields, "Subject", *m.subject)
		}
		fields = append(fields, "Timestamp", m.timestamp)
	} else {
		fields = append(fields, "SubscribeURL", m.subscribeURL(), "Timestamp", m.timestamp, "Token", m.token)
	}
	fields = append(fields, "TopicArn", m.topic.arn, "Type", m.kind)
	return strings.Join(fields, "\n") + "\n"
}

// A member is one name and value of an envelope.
type member struct {
	name  string
	value any
}

// members returns m's fields in AWS's order, the URLs named as for http or, with suffix "Url", as for Lambda.
func (m message) members(s *signer, subscriptionARN, suffix string) ([]member, error) {
	signature, err := s.sign(m.stringToSign(), m.topic.signatureVersion)
	if err != nil {
		return nil, err
	}
	out := []member{{"Type", m.kind}, {"MessageId", m.id}}
	if m.kind != typeNotification {
		out = append(out, member{"Token", m.token})
	}
	out = append(out, member{"TopicArn", m.topic.arn})
	if m.subject != nil || suffix == "Url" { // null in Lambda events
		out = append(out, member{"Subject", m.subject})
	}
	out = append(out, member{"Message", m.text})
	if m.kind != typeNotification {
		out = append(out, member{"SubscribeURL", m.subscribeURL()})
	}
	out = append(out, member{"Timestamp", m.timestamp}, member{"SignatureVersion", m.topic.signatureVersion},
		member{"Signature", signature}, member{"SigningCert" + suffix, s.certificateURL(m.topic.arn)})
	if m.kind == typeNotification {
		out = append(out, member{"Unsubscribe" + suffix, unsubscribeURL(subscriptionARN)})
		if len(m.attributes) > 0 || suffix == "Url" {
			out = append(out, member{"MessageAttributes", m.attributes})
		}
	}
	return out, nil
}

// envelope writes m as SNS posts it: https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
func (m message) envelope(s *signer, subscriptionARN string) ([]byte, error) {
	members, err := m.members(s, subscriptionARN, "URL")
	if err != nil {
		return nil, err
	}
	return writeObject(members)
}

// lambdaEvent writes m as SNS sends it to a function: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
func (m message) lambdaEvent(s *signer, subscriptionARN string) ([]byte, error) {
	if m.attributes == nil {
		m.attributes = map[string]attribute{}
	}
	members, err := m.members(s, subscriptionARN, "Url")
	if err != nil {
		return nil, err
	}
	record, err := writeObject(members)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"Records": []any{map[string]any{
		"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscriptionARN, "Sns": json.RawMessage(record),
	}}})
}

// writeObject writes members in their order, without escaping <, > and &, as AWS does.
func writeObject(members []member) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for i, m := range members {
		b.WriteString(map[bool]string{true: "{\n  ", false: ",\n  "}[i == 0])
		if err := encoder.Encode(m.name); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1)
		b.WriteString(" : ")
		if err := encoder.Encode(m.value); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("\n}")
	return b.Bytes(), nil
}
