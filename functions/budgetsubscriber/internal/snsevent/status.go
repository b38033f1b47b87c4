package snsevent

import (
	"errors"
	"net/http"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/awserror"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// StatusCode returns the status for SNS, which redelivers after a 5xx and gives up after a 4xx:
//
//	200  done, or done before
//	400  genuine, but not understood; kept in the dead-letter queue with the reason
//	401  the header x-amz-sns-message-type is missing, unknown or contradicts the message
//	403  not verified: form, signature, topic or certificate refused
//	409  an AWS call was refused and will be again
//	500  anything else
//
// A malformed envelope is a 403 and not a 400, which is for verified messages: a sender that cannot sign learns
// nothing.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
func StatusCode(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, subscriber.ErrNotUnderstood):
		return http.StatusBadRequest
	case errors.Is(err, snsverify.ErrHeader):
		return http.StatusUnauthorized
	case isUnverified(err):
		return http.StatusForbidden
	case awserror.Refused(err) && !errors.Is(err, subscriber.ErrNotSetUp):
		return http.StatusConflict
	default:
		return http.StatusInternalServerError
	}
}

// isUnverified reports whether snsverify refused the message itself; failing to fetch a certificate says nothing about
// the message.
func isUnverified(err error) bool {
	for _, kind := range []error{
		snsverify.ErrEnvelope, snsverify.ErrTooLarge, snsverify.ErrVersion, snsverify.ErrTopic, snsverify.ErrAge,
		snsverify.ErrCertificateURL, snsverify.ErrCertificate, snsverify.ErrSignature,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
