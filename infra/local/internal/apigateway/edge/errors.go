package edge

import "errors"

// Why a function returned no usable response. Test with errors.Is.
var (
	ErrTimeout     = errors.New("integration timed out")
	ErrThrottled   = errors.New("function is throttled")
	ErrFunction    = errors.New("function failed")
	ErrUnreachable = errors.New("function cannot be invoked")
)
