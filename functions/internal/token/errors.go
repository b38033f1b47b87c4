package token

import (
	"errors"
	"fmt"
)

// ErrRefused is wrapped by every error that the token causes. All other errors are the function's: a secret or a table that
// cannot be read.
var ErrRefused = errors.New("token refused")

// Reasons for refusing a token. Each comes with ErrRefused; test with errors.Is.
var (
	ErrMissing     = errors.New("no token")
	ErrTooLarge    = errors.New("token is too large")
	ErrMalformed   = errors.New("token is malformed")
	ErrAlgorithm   = errors.New("algorithm is not HS512")
	ErrSignature   = errors.New("signature is not valid under any active key")
	ErrExpiry      = errors.New("exp is missing or not a time")
	ErrExpired     = errors.New("token has expired")
	ErrNotYetValid = errors.New("token is not valid yet")
	ErrClaim       = errors.New("claim is missing or invalid")
)

// Refuse returns the error that refuses a token for a reason.
func Refuse(why error) error { return fmt.Errorf("%w: %w", ErrRefused, why) }
