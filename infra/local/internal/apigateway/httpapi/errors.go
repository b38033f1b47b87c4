package httpapi

import "errors"

// Reasons for which a Config is refused. Test with errors.Is.
var (
	ErrNoAPIID        = errors.New("API id is missing")
	ErrNoStage        = errors.New("API has no stage")
	ErrRouteKey       = errors.New("route key is not valid")
	ErrDuplicateRoute = errors.New("route key is used twice")
	ErrNoFunction     = errors.New("function is missing")
	ErrPayloadFormat  = errors.New("payload format is not supported")
	ErrAuthorization  = errors.New("authorization type is not supported")
	ErrNoAuthorizer   = errors.New("authorizer is missing")
	ErrIdentitySource = errors.New("identity source is not supported")
	ErrNoCacheKey     = errors.New("caching needs an identity source")
)

// errMalformedResponse is a function's response that API Gateway cannot turn into an HTTP response.
var errMalformedResponse = errors.New("malformed function response")
