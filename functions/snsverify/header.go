package snsverify

import (
	"fmt"
	"net/http"
)

// Headers of a delivery by http(s). https://docs.aws.amazon.com/sns/latest/dg/http-header.html
const (
	HeaderMessageType     = "X-Amz-Sns-Message-Type"
	HeaderMessageID       = "X-Amz-Sns-Message-Id"
	HeaderTopicARN        = "X-Amz-Sns-Topic-Arn"
	HeaderSubscriptionARN = "X-Amz-Sns-Subscription-Arn"
	HeaderRawDelivery     = "X-Amz-Sns-Rawdelivery"
)

// checkHeader compares the headers that repeat a field with that field. Headers are not signed: they may be absent, but
// one that contradicts the message, or comes twice, means that somebody else's code may act on something else.
func (e *envelope) checkHeader(header http.Header) error {
	for _, pair := range []struct {
		name string
		f    field
	}{{HeaderMessageType, fieldType}, {HeaderMessageID, fieldMessageID}, {HeaderTopicARN, fieldTopicARN}} {
		values := header[pair.name]
		if len(values) > 1 {
			return fmt.Errorf("%w: %s comes %d times", ErrHeader, pair.name, len(values))
		}
		if len(values) == 1 && values[0] != e.value[pair.f] {
			return fmt.Errorf("%w: %s is %.120q, %s is %.120q", ErrHeader, pair.name, values[0], names[pair.f][0], e.value[pair.f])
		}
	}
	return nil
}

// checkDelivery refuses requests that cannot be a signed delivery before their body is read.
func checkDelivery(header http.Header) error {
	if header.Get(HeaderRawDelivery) == "true" {
		return fmt.Errorf("%w: %s: a raw delivery has no signature; turn raw message delivery off", ErrHeader, HeaderRawDelivery)
	}
	switch t := Type(header.Get(HeaderMessageType)); t {
	case TypeNotification, TypeSubscriptionConfirmation, TypeUnsubscribeConfirmation:
		return nil
	case "":
		return fmt.Errorf("%w: no %s", ErrHeader, HeaderMessageType)
	default:
		return fmt.Errorf("%w: unknown %s %.80q", ErrHeader, HeaderMessageType, t)
	}
}
