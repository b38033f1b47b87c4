package wsevent

import (
	"strings"
)

// header returns a header whatever the case of its name: API Gateway passes on what the client wrote. A repeated header is
// joined as HTTP specifies; the single-value map has only its last value.
// https://www.rfc-editor.org/rfc/rfc9110#section-5.2
func header(name string, multi map[string][]string, single map[string]string) string {
	for key, values := range multi {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return strings.Join(values, ", ")
		}
	}
	for key, value := range single {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

const (
	headerProtocol = "Sec-WebSocket-Protocol"
	headerOrigin   = "Origin"
)
