package frame

import (
	"net/http"
	"testing"
)

func TestCheckUpgrade(t *testing.T) {
	t.Parallel()
	good := func() *http.Request {
		return &http.Request{Method: "GET", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{
			"Connection": {"keep-alive, Upgrade"}, "Upgrade": {"WebSocket"},
			"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
		}}
	}
	if r := good(); !IsUpgrade(r) || CheckUpgrade(r) != "" {
		t.Errorf("a good handshake is refused: %q", CheckUpgrade(r))
	}
	cases := []struct {
		name   string
		change func(*http.Request)
		want   string
	}{
		{"POST", func(r *http.Request) { r.Method = "POST" }, "a WebSocket handshake is a GET over HTTP/1.1"},
		{"an old version", func(r *http.Request) { r.Header.Set("Sec-WebSocket-Version", "8") }, "Sec-WebSocket-Version must be 13"},
		{"a short key", func(r *http.Request) { r.Header.Set("Sec-WebSocket-Key", "eA==") }, "Sec-WebSocket-Key must be 16 bytes in base64"},
	}
	for _, tc := range cases {
		t.Run(tc.name+" is refused", func(t *testing.T) {
			t.Parallel()
			r := good()
			tc.change(r)
			if got := CheckUpgrade(r); got != tc.want {
				t.Errorf("%q", got)
			}
		})
	}
	t.Run("a request without Upgrade is none", func(t *testing.T) {
		t.Parallel()
		r := good()
		r.Header.Del("Upgrade")
		if IsUpgrade(r) {
			t.Error("it is taken for one")
		}
	})
}
