package frame

import "fmt"

// Status codes of a close frame that this gateway sends or reports.
// https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
const (
	StatusNormal      = 1000
	StatusGoingAway   = 1001
	StatusProtocol    = 1002
	StatusUnsupported = 1003
	StatusNone        = 1005 // never sent: the peer's close frame had no status
	StatusAbnormal    = 1006 // never sent: the connection ended without a close frame
	StatusNotUTF8     = 1007
	StatusTooBig      = 1009
)

// A Violation is a frame that ends the connection. Code is the status to close with, Reason at most 123 bytes.
type Violation struct {
	Code   int
	Reason string
}

// Error implements error.
func (v *Violation) Error() string { return fmt.Sprintf("frame: close with %d: %s", v.Code, v.Reason) }

func protocolError(reason string) error { return &Violation{Code: StatusProtocol, Reason: reason} }
