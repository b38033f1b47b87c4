package admission

import "errors"

// ErrRefused is wrapped by every error that the token causes. All other errors are the hub's: a secret or a table that
// cannot be read.
var ErrRefused = errors.New("token refused")

// Reasons for refusing a token. Each comes together with ErrRefused; test with errors.Is.
var (
	ErrMissing      = errors.New("no token")
	ErrTooLarge     = errors.New("token is too large")
	ErrMalformed    = errors.New("token is malformed")
	ErrAlgorithm    = errors.New("algorithm is not HS512")
	ErrSignature    = errors.New("signature is not valid under any active key")
	ErrExpiry       = errors.New("exp is missing or not a time")
	ErrExpired      = errors.New("token has expired")
	ErrNotYetValid  = errors.New("token is not valid yet")
	ErrClaim        = errors.New("claim is missing or invalid")
	ErrUnknown      = errors.New("no stored factor for this user and room")
	ErrFactorEnded  = errors.New("stored factor has expired")
	ErrFactor       = errors.New("second factor does not match")
	ErrFactorFormat = errors.New("stored factor has an unknown format")
)
