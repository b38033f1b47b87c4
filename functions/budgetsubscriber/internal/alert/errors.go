package alert

import "errors"

// Reasons for which a text cannot be parsed. Test with errors.Is.
var (
	ErrUnknown = errors.New("neither a budget alert nor a cost anomaly")
	ErrMissing = errors.New("line missing")
	ErrTwice   = errors.New("line occurs twice")
	ErrInvalid = errors.New("value not understood")
)
