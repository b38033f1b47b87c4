package snsverify

import "time"

// Type names what SNS delivers.
type Type string

// The three types that SNS sends to an endpoint.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
const (
	TypeNotification             Type = "Notification"
	TypeSubscriptionConfirmation Type = "SubscriptionConfirmation"
	TypeUnsubscribeConfirmation  Type = "UnsubscribeConfirmation"
)

// A Message is one of *Notification, *SubscriptionConfirmation and *UnsubscribeConfirmation. Use a type switch.
type Message interface {
	// Signed returns the fields that all three have in common.
	Signed() Common
	message()
}

// Common holds the fields that every verified message has. All of them are covered by the signature, except
// SignatureVersion, which chose how to check it.
type Common struct {
	Type             Type
	MessageID        string    // a UUID in lower case, the same for each retry of a delivery
	TopicARN         string    // one of the pinned topics
	Message          string    // the text, JSON-unescaped; at most 256 KiB
	Timestamp        time.Time // when it was published, UTC, to the millisecond
	SignatureVersion int       // 1 (SHA-1) or 2 (SHA-256)
}

// A Notification carries what was published to the topic.
type Notification struct {
	Common
	Subject string // "" when the publisher gave none

	// UnsignedAttributes are the message attributes as they arrived. SNS does not sign them: whoever can reach the
	// endpoint can change, add and remove them in a genuine message. Decide nothing by them. Nil when there are none.
	UnsignedAttributes map[string]Attribute
}

// An Attribute is a message attribute. SNS does not sign it.
type Attribute struct {
	Type  string // "String", "String.Array", "Number", "Binary" or a custom type
	Value string // base64 for Binary
}

// A SubscriptionConfirmation asks the endpoint's owner to confirm a subscription: call the SNS API's
// ConfirmSubscription with TopicARN and Token. It has no SubscribeURL, because fetching one that came by the network is
// how confirmations are forged.
type SubscriptionConfirmation struct {
	Common
	Token string // valid for two days
}

// An UnsubscribeConfirmation says that the subscription was removed. Token could restore it.
type UnsubscribeConfirmation struct {
	Common
	Token string
}

// Signed returns the common fields.
func (c Common) Signed() Common { return c }

func (*Notification) message()             {}
func (*SubscriptionConfirmation) message() {}
func (*UnsubscribeConfirmation) message()  {}

var (
	_ Message = (*Notification)(nil)
	_ Message = (*SubscriptionConfirmation)(nil)
	_ Message = (*UnsubscribeConfirmation)(nil)
)
