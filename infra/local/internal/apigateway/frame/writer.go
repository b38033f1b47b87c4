package frame

import (
	"encoding/binary"
	"unicode/utf8"
)

const maxCloseReason = maxControlPayload - 2

// Append appends payload as one message of unmasked frames, each of at most maxFrame bytes of payload: what a server
// sends. https://www.rfc-editor.org/rfc/rfc6455#section-5.4
func Append(dst []byte, opcode Opcode, payload []byte, maxFrame int) []byte {
	for len(payload) > maxFrame {
		dst = appendFrame(dst, byte(opcode), payload[:maxFrame])
		payload, opcode = payload[maxFrame:], Continuation
	}
	return appendFrame(dst, 0x80|byte(opcode), payload)
}

// AppendClose appends a close frame. A code that must not be sent (1005, 1006) makes a frame without status.
// A reason longer than 123 bytes is cut at a character's start.
func AppendClose(dst []byte, code int, reason string) []byte {
	if code == StatusNone || code == StatusAbnormal {
		return appendFrame(dst, 0x80|byte(Close), nil)
	}
	if len(reason) > maxCloseReason {
		cut := maxCloseReason
		for !utf8.RuneStart(reason[cut]) {
			cut--
		}
		reason = reason[:cut]
	}
	payload := binary.BigEndian.AppendUint16(make([]byte, 0, maxControlPayload), uint16(code))
	return appendFrame(dst, 0x80|byte(Close), append(payload, reason...))
}

func appendFrame(dst []byte, first byte, payload []byte) []byte {
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, first, byte(n))
	case n < 1<<16:
		dst = append(dst, first, 126, byte(n>>8), byte(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, 127), uint64(n))
	}
	return append(dst, payload...)
}
