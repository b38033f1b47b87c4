package snsverify

import (
	"fmt"
	"net/http"
	"strings"
)

// Headers of a delivery by http(s). https://docs.aws.amazon.com/sns/latest/dg/http-header.html
const (
	HeaderMessageType     = "X-Amz-Sns-Message-Type"
	HeaderMessageID       = "X-Amz-Sns-Message-Id"
	HeaderTopicARN        = "X-Amz-Sns-Topic-Arn"
	HeaderSubscriptionARN = "X-Amz-Sns-Subscription-Arn"
	HeaderRawDelivery     = "X-Amz-Sns-Rawdelivery"
)

// checkHeader compares the headers that repeat a field with that field. Headers are not signed and may be absent, but
// one that contradicts the message, or occurs twice, could make other code act on a different value.
func (e *envelope) checkHeader(header http.Header) error {
	for _, pair := range []struct {
		name string
		f    field
	}{{HeaderMessageType, fieldType}, {HeaderMessageID, fieldMessageID}, {HeaderTopicARN, fieldTopicARN}} {
		value, n := valueOf(header, pair.name)
		if n > 1 {
			return fmt.Errorf("%w: %s comes %d times", ErrHeader, pair.name, n)
		}
		if n == 1 && value != e.value[pair.f] {
			return fmt.Errorf("%w: %s is %.120q, %s is %.120q", ErrHeader, pair.name, value, names[pair.f][0], e.value[pair.f])
		}
	}
	return nil
}

// valueOf returns the value of a header whatever the case of its name, and how often it occurs: API Gateway passes
// names in lower case, and a map made from them must not escape the check.
func valueOf(header http.Header, name string) (value string, n int) {
	for key, values := range header {
		if len(values) > 0 && strings.EqualFold(key, name) {
			value, n = values[0], n+len(values)
		}
	}
	return value, n
}

// CheckDelivery refuses, with ErrHeader, a request that cannot be a signed delivery by http(s): a raw one, and one whose
// x-amz-sns-message-type is missing, unknown or comes twice. Middleware does it; a handler that is given requests in
// another way, for instance by API Gateway, does it before Verify.
func CheckDelivery(header http.Header) error {
	if _, n := valueOf(header, HeaderRawDelivery); n > 0 {
		return fmt.Errorf("snsverify: check delivery: %w: %s: a raw delivery has no signature; turn raw message delivery off",
			ErrHeader, HeaderRawDelivery)
	}
	value, n := valueOf(header, HeaderMessageType)
	if n != 1 {
		return fmt.Errorf("snsverify: check delivery: %w: %s comes %d times", ErrHeader, HeaderMessageType, n)
	}
	switch t := Type(value); t {
	case TypeNotification, TypeSubscriptionConfirmation, TypeUnsubscribeConfirmation:
		return nil
	default:
		return fmt.Errorf("snsverify: check delivery: %w: unknown %s %.80q", ErrHeader, HeaderMessageType, t)
	}
}
