package sigv4

import "errors"

// What can be wrong with a signature. An Error adds AWS's message to one of these.
var (
	ErrMissing    = errors.New("no signature")                    // the request is not signed at all
	ErrIncomplete = errors.New("incomplete signature")            // a part is missing or malformed
	ErrUnknownKey = errors.New("unknown access key id")           // no such credentials
	ErrToken      = errors.New("wrong session token")             // missing, foreign or wrong
	ErrSkew       = errors.New("request time too skewed")         // more than 15 minutes off
	ErrExpired    = errors.New("presigned request expired")       // X-Amz-Expires has passed
	ErrScope      = errors.New("wrong credential scope")          // region, date or terminator
	ErrSignature  = errors.New("signature does not match")        // and nothing else is wrong
	ErrPayload    = errors.New("payload hash does not match")     // x-amz-content-sha256 is not that of the body
	ErrChunk      = errors.New("malformed or altered body chunk") // aws-chunked bodies
)

// An Error says why a request was not authenticated.
type Error struct {
	Kind    error  // one of the sentinels
	Message string // AWS's message
}

// Error implements error.
func (f *Error) Error() string { return "sigv4: " + f.Kind.Error() + ": " + f.Message }

// Unwrap returns the sentinel.
func (f *Error) Unwrap() error { return f.Kind }

func newError(kind error, message string) error { return &Error{Kind: kind, Message: message} }
