package admission

import "errors"

// Reasons for refusing a token beside those of package token. Each comes with token.ErrRefused; test with errors.Is.
var (
	ErrOrigin       = errors.New("origin is not allowed")
	ErrUnknown      = errors.New("no stored factor for this user and room")
	ErrFactorEnded  = errors.New("stored factor has expired")
	ErrFactor       = errors.New("second factor does not match")
	ErrFactorFormat = errors.New("stored factor has an unknown format")
)
