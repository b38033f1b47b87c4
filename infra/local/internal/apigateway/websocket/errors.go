package websocket

import "errors"

// Reasons for which a Config is refused. Test with errors.Is.
var (
	ErrNoAPIID        = errors.New("API id is missing")
	ErrNoStage        = errors.New("stage is missing")
	ErrExpression     = errors.New("route selection expression is not supported")
	ErrIdentitySource = errors.New("identity source is not supported")
	ErrAuthorizer     = errors.New("an authorizer is possible on $connect only")
	ErrNoFunction     = errors.New("function is missing")
)

// Why a message cannot be sent.
var (
	errGone = errors.New("connection is gone")
	errFull = errors.New("buffer of the connection is full")
)
