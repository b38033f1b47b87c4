package sns

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// tokenLife is the validity of a token.
// https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
const tokenLife = 48 * time.Hour

// A record is a subscription as it is stored.
type record struct {
	ARN        string
	TopicARN   string
	Protocol   string
	Endpoint   string
	Attributes map[string]string `json:",omitempty"`

	Confirmed     bool      // deliveries go to it
	Removed       bool      `json:",omitempty"` // by an unsigned Unsubscribe; Token restores it
	Authenticated bool      `json:",omitempty"` // confirmed with AuthenticateOnUnsubscribe: an unsigned Unsubscribe is refused
	Token         string    `json:",omitempty"`
	TokenEnds     time.Time `json:",omitzero"`

	Template bool // by AddSubscription; inactive until the template of this run adds it again
	dormant  bool
}

func (r record) active() bool { return !r.Removed && !r.dormant }

func (r record) isHTTP() bool { return r.Protocol == "https" || r.Protocol == "http" }

func (r record) raw() bool { return r.Attributes["RawMessageDelivery"] == "true" }

// deadLetterARN is the queue of the redrive policy, or "".
func (r record) deadLetterARN() string {
	var policy struct {
		DeadLetterTargetARN string `json:"deadLetterTargetArn"`
	}
	if json.Unmarshal([]byte(r.Attributes["RedrivePolicy"]), &policy) != nil {
		return ""
	}
	return policy.DeadLetterTargetARN
}

// newRecord checks a subscription. What AWS refuses is refused in AWS's words, what is not supported here in ours.
func (n *Notifier) newRecord(t topic, s Subscription) (record, error) {
	r := record{TopicARN: s.TopicARN, Protocol: s.Protocol, Endpoint: s.Endpoint, Attributes: map[string]string{}}
	switch {
	case strings.HasSuffix(t.arn, ".fifo"):
		return r, invalid("Invalid protocol type: " + s.Protocol + " for a FIFO topic")
	case r.isHTTP():
		if _, err := n.target(s.Protocol, s.Endpoint); err != nil {
			return r, err
		}
	case s.Protocol == "lambda":
		if n.config.Invoker == nil || !strings.HasPrefix(s.Endpoint, "arn:aws:lambda:") {
			return r, invalid("Lambda endpoint ARN " + s.Endpoint)
		}
		r.Confirmed = true
	default:
		return r, invalid(fmt.Sprintf("Invalid protocol type: %s (the local stage delivers by sqs, lambda, https and http)", s.Protocol))
	}
	for name, value := range s.Attributes {
		if err := n.checkAttribute(r, name, value); err != nil {
			return r, err
		}
		r.Attributes[name] = value
	}
	return r, nil
}

func (n *Notifier) checkAttribute(r record, name, value string) error {
	switch name {
	case "RawMessageDelivery":
		if value != "true" && value != "false" {
			return invalid("RawMessageDelivery: " + value)
		}
		if value == "true" && !r.isHTTP() {
			return invalid("Attributes Reason: RawMessageDelivery is not for protocol " + r.Protocol)
		}
	case "RedrivePolicy":
		r.Attributes = map[string]string{name: value}
		if value != "" && !strings.HasPrefix(r.deadLetterARN(), "arn:aws:sqs:") {
			return invalid("RedrivePolicy: " + value)
		}
		if value != "" && n.config.DeadLetters == nil {
			return invalid("RedrivePolicy: no queues are configured")
		}
	case "DeliveryPolicy":
		if !r.isHTTP() {
			return invalid("Attributes Reason: DeliveryPolicy is not for protocol " + r.Protocol)
		}
		if _, err := parseSubscriptionPolicy(value); err != nil {
			return err
		}
	case "FilterPolicy", "FilterPolicyScope":
		return invalid("Attributes Reason: " + name + " is not supported by the local stage for protocol " + r.Protocol +
			", only for sqs")
	default:
		return invalid("AttributeName Reason: Invalid attribute name: " + name)
	}
	return nil
}

// target returns the URL of a delivery: the endpoint, or where the local stage serves the endpoint's host.
func (n *Notifier) target(protocol, endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, invalid("Endpoint must match the specified protocol")
	}
	if api, ok := gatewayOf(u.Hostname()); ok && u.Scheme == protocol {
		return gatewayURL(n.config.EndpointBase, api, u), nil
	}
	// A template's https endpoint may have been rewritten to the stage's own address already.
	if !isLoopback(u.Hostname()) {
		return nil, invalid("Endpoint " + u.Redacted() + " (the local stage delivers to its own APIs and to this machine only)")
	}
	return u, nil
}

func newToken() string {
	var b [104]byte
	_, _ = rand.Read(b[:]) // never fails, as its documentation says
	return hex.EncodeToString(b[:])
}
