package frame

import (
	"crypto/sha1" //nolint:gosec // RFC 6455 prescribes SHA-1; nothing secret depends on it.
	"encoding/base64"
	"net/http"
	"strings"
)

// Accept computes Sec-WebSocket-Accept. https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// IsUpgrade reports whether r asks for a WebSocket, valid or not.
func IsUpgrade(r *http.Request) bool {
	return hasToken(r.Header, "Connection", "upgrade") && hasToken(r.Header, "Upgrade", "websocket")
}

// CheckUpgrade returns the reason for which a handshake must be refused with 400, or "".
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
func CheckUpgrade(r *http.Request) string {
	if r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) {
		return "a WebSocket handshake is a GET over HTTP/1.1"
	}
	if r.Header.Get("Sec-WebSocket-Version") != "13" {
		return "Sec-WebSocket-Version must be 13"
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.Header.Get("Sec-WebSocket-Key")))
	if err != nil || len(key) != 16 {
		return "Sec-WebSocket-Key must be 16 bytes in base64"
	}
	return ""
}

func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}
