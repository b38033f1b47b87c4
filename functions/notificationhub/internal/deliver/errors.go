package deliver

import "errors"

// Reasons for which a post fails. Test with errors.Is.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
var (
	// ErrGone: the connection does not exist (410).
	ErrGone = errors.New("connection is gone")
	// ErrThrottled: too many requests in the account and region, or the client does not read its frames (429).
	ErrThrottled = errors.New("throttled")
	// ErrUnavailable: the service failed or did not answer in time (5xx, network). The post may have arrived.
	ErrUnavailable = errors.New("unavailable")
	// ErrRefused: the request itself was refused (any other 4xx). A retry would be too.
	ErrRefused = errors.New("refused")

	// ErrNoTime: the invocation ended before the connection's turn. It says nothing about the connection.
	ErrNoTime = errors.New("no time left")
)
