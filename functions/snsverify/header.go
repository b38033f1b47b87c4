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

// checkHeader compares the headers that repeat a field with that field. Headers are not signed: they may be absent, but
// one that contradicts the message, or comes twice, means that somebody else's code may act on something else.
func (e *envelope) checkHeader(header http.Header) error {
	for _, pair := range []struct {
		name string
		f    field
	}{{HeaderMessageType, fieldType}, {HeaderMessageID, fieldMessageID}, {HeaderTopicARN, fieldTopicARN}} {
		values := valuesOf(header, pair.name)
		if len(values) > 1 {
			return fmt.Errorf("%w: %s comes %d times", ErrHeader, pair.name, len(values))
		}
		if len(values) == 1 && values[0] != e.value[pair.f] {
			return fmt.Errorf("%w: %s is %.120q, %s is %.120q", ErrHeader, pair.name, values[0], names[pair.f][0], e.value[pair.f])
		}
	}
	return nil
}

// valuesOf gives the values of a header whatever its case: API Gateway hands on names in lower case, and a map made from
// them must not escape the check.
func valuesOf(header http.Header, name string) []string {
	var all []string
	for key, values := range header {
		if strings.EqualFold(key, name) {
			all = append(all, values...)
		}
	}
	return all
}

// CheckDelivery refuses, with ErrHeader, a request that cannot be a signed delivery by http(s): a raw one, and one whose
// x-amz-sns-message-type is missing, unknown or comes twice. Middleware does it; a handler that is given requests in
// another way, for instance by API Gateway, does it before Verify.
func CheckDelivery(header http.Header) error {
	if raw := valuesOf(header, HeaderRawDelivery); len(raw) > 0 && raw[0] == "true" {
		return fmt.Errorf("snsverify: check delivery: %w: %s: a raw delivery has no signature; turn raw message delivery off",
			ErrHeader, HeaderRawDelivery)
	}
	types := valuesOf(header, HeaderMessageType)
	if len(types) != 1 {
		return fmt.Errorf("snsverify: check delivery: %w: %s comes %d times", ErrHeader, HeaderMessageType, len(types))
	}
	switch t := Type(types[0]); t {
	case TypeNotification, TypeSubscriptionConfirmation, TypeUnsubscribeConfirmation:
		return nil
	default:
		return fmt.Errorf("snsverify: check delivery: %w: unknown %s %.80q", ErrHeader, HeaderMessageType, t)
	}
}
