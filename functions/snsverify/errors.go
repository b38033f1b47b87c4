package snsverify

import (
	"errors"
	"net/http"
)

// Kinds of refusal. Every error of Verify and Middleware matches exactly one of them with errors.Is; ErrFetch also matches the
// context's error when the context ended the wait.
var (
	ErrTooLarge       = errors.New("message too large")
	ErrEnvelope       = errors.New("envelope refused")
	ErrHeader         = errors.New("header refused")
	ErrVersion        = errors.New("signature version refused")
	ErrTopic          = errors.New("topic refused")
	ErrAge            = errors.New("age refused")
	ErrCertificateURL = errors.New("certificate URL refused")
	ErrCertificate    = errors.New("certificate refused")
	ErrSignature      = errors.New("signature refused")

	// ErrFetch is returned if the certificate could not be fetched: the network, a status other than 200, a deadline.
	// It says nothing about the message, so a later delivery of the same message may verify.
	ErrFetch = errors.New("certificate not fetched")

	// ErrRead is returned by Middleware if the request's body broke off or stalled. A later delivery may be whole.
	ErrRead = errors.New("body not read")
)

// ErrConfiguration is returned by New for a topic or an option that cannot be right.
var ErrConfiguration = errors.New("configuration refused")

// statuses is the whole table by which Middleware answers. Order matters only for readers: an error has one kind.
//
// SNS redelivers after a 5xx and gives up after a 4xx, so an error that cannot pass is a 4xx.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
var statuses = []struct {
	kind   error
	status int
}{
	{ErrHeader, http.StatusUnauthorized},
	{ErrEnvelope, http.StatusBadRequest},
	{ErrTooLarge, http.StatusRequestEntityTooLarge},
	{ErrVersion, http.StatusForbidden},
	{ErrTopic, http.StatusForbidden},
	{ErrAge, http.StatusForbidden},
	{ErrCertificateURL, http.StatusForbidden},
	{ErrCertificate, http.StatusForbidden},
	{ErrSignature, http.StatusForbidden},
	{ErrFetch, http.StatusServiceUnavailable},
	{ErrRead, http.StatusServiceUnavailable},
}

// StatusCode returns the HTTP status for an error of Verify: 401 a header is missing or contradicts the message, 400 not
// an SNS envelope, 413 too large, 403 refused, 503 the certificate could not be fetched or the body not be read, 500
// anything else, 200 nil.
func StatusCode(err error) int {
	if err == nil {
		return http.StatusOK
	}
	for _, row := range statuses {
		if errors.Is(err, row.kind) {
			return row.status
		}
	}
	return http.StatusInternalServerError
}

// IsTemporary reports whether a later delivery of the same message may verify: only if the certificate could not be
// fetched, or the body not be read.
func IsTemporary(err error) bool { return errors.Is(err, ErrFetch) || errors.Is(err, ErrRead) }
