package frame

import "errors"

// Reasons for which a client's frame cannot be parsed. Test with errors.Is.
var (
	ErrNotJSON      = errors.New("frame is not one JSON object")
	ErrInvalidField = errors.New("invalid field")
)

// Codes of error frames.
const (
	CodeBadRequest    = "bad_request"    // the frame is not what its action needs
	CodeUnknownAction = "unknown_action" // the action is none of contract.Actions
	CodeForbidden     = "forbidden"      // the token does not allow it
	CodeTooLarge      = "too_large"      // the message would not fit a frame
	CodeUnavailable   = "unavailable"    // the hub failed; the client may resend the frame
)
