package endpoint

import (
	"errors"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/sigv4"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// Authenticate verifies the signature of a request that another part serves (posts to connections, routes with IAM
// authorization) and returns the caller. body is the whole body. The error is a *wire.Error as API Gateway returns it.
func (f *Front) Authenticate(r *http.Request, body []byte) (iam.Caller, error) {
	signed, err := sigv4.Parse(r)
	if err != nil {
		return iam.Caller{}, authError("execute-api", wire.RESTJSON, err)
	}
	p, err := f.verify(r, &signed, sigv4.HashPayload(body))
	if err != nil {
		return iam.Caller{}, authError(signed.Service, wire.RESTJSON, err)
	}
	return p.caller, nil
}

// verify checks a signature and returns its principal.
func (f *Front) verify(r *http.Request, signed *sigv4.Signed, payloadHash string) (*principal, error) {
	p, ok := f.keyring.find(signed.AccessKeyID)
	if !ok {
		return nil, &sigv4.Error{Kind: sigv4.ErrUnknownKey, Message: "The security token included in the request is invalid."}
	}
	secret := p.secret
	if p.caller.Admin {
		// SDKs set up for another stage often carry a stale session token in the environment; the administrator's credentials
		// have none to compare it with.
		secret.SessionToken = signed.SecurityToken
	}
	if err := f.verifier.Verify(r, signed, secret, payloadHash); err != nil {
		return nil, err
	}
	return p, nil
}

// An authCode is how a service names a signature error.
type authCode struct {
	kind                error
	json, query, object string // codes in the JSON protocols, the query protocol, S3
	objectStatus        int    // of S3; the others have one for all
}

// authCodes follow the common errors of the services
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
var authCodes = []authCode{
	{sigv4.ErrMissing, "MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDenied", 403},
	{sigv4.ErrIncomplete, "IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed", 400},
	{sigv4.ErrUnknownKey, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", 403},
	{sigv4.ErrToken, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken", 400},
	{sigv4.ErrSkew, "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", 403},
	{sigv4.ErrExpired, "InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied", 403},
	{sigv4.ErrScope, "InvalidSignatureException", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", 400},
	{sigv4.ErrSignature, "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch", 403},
}

// authError returns a signature error as the service names it.
func authError(service string, protocol wire.Protocol, err error) *wire.Error {
	var failure *sigv4.Error
	if !errors.As(err, &failure) {
		return &wire.Error{Code: "InternalFailure", Message: err.Error(), Status: http.StatusInternalServerError}
	}
	for _, c := range authCodes {
		if !errors.Is(failure.Kind, c.kind) {
			continue
		}
		e := &wire.Error{Code: c.json, Message: failure.Message, Status: http.StatusForbidden}
		switch {
		case protocol == wire.RESTXML:
			e.Code, e.Status = c.object, c.objectStatus
		case protocol == wire.Query:
			e.Code = c.query
		case service == "sqs":
			e.QueryCode = c.query
		case protocol == wire.JSON10, protocol == wire.JSON11:
			e.Status = http.StatusBadRequest
		}
		return e
	}
	return &wire.Error{Code: "InternalFailure", Message: failure.Message, Status: http.StatusInternalServerError}
}

// unsignedProtocol guesses in which protocol to refuse a request that does not say for which service it is.
func unsignedProtocol(r *http.Request) wire.Protocol {
	return operation.ProtocolOf("", r)
}
