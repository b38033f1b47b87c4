package frame

import (
	"encoding/binary"
	"unicode/utf8"
)

// ParseClose reads the payload of a client's close frame. An empty payload is StatusNone. A payload of one byte, a
// status that no endpoint may send, or a reason that is not UTF-8 is a *Violation.
// https://www.rfc-editor.org/rfc/rfc6455#section-7.4
func ParseClose(payload []byte) (code int, reason string, err error) {
	if len(payload) == 0 {
		return StatusNone, "", nil
	}
	if len(payload) == 1 {
		return 0, "", protocolError("close frame of one byte")
	}
	code = int(binary.BigEndian.Uint16(payload))
	if !sendable(code) {
		return 0, "", protocolError("close status may not be sent")
	}
	if !utf8.Valid(payload[2:]) {
		return 0, "", &Violation{Code: StatusNotUTF8, Reason: "Close reason is not valid UTF-8"}
	}
	return code, string(payload[2:]), nil
}

// sendable follows https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
func sendable(code int) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}
