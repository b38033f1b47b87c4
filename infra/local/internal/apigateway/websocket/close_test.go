package websocket

import (
	"errors"
	"fmt"
	"testing"

	client "github.com/coder/websocket"
)

func asClose(err error, target *client.CloseError) bool { return errors.As(err, target) }

// whyDisconnected waits for the first $disconnect and returns its status and reason.
func (s *stage) whyDisconnected() (code float64, reason string) {
	s.t.Helper()
	c := decode(s.t, s.invoker.WaitEvents(s.t, "disconnect", 1)[0])["requestContext"].(map[string]any)
	return c["disconnectStatusCode"].(float64), c["disconnectReason"].(string)
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
func TestDisconnect(t *testing.T) {
	t.Parallel()
	t.Run("the client's status and reason are reported, once", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		if err := conn.Close(4001, "gone home"); err != nil {
			t.Fatal(err)
		}
		if code, reason := s.whyDisconnected(); code != 4001 || reason != "gone home" {
			t.Errorf("disconnect with %v %q", code, reason)
		}
		s.drain(t)
		if n := len(s.invoker.Events("disconnect")); n != 1 {
			t.Errorf("$disconnect ran %d times", n)
		}
	})
	t.Run("a close frame without status is 1005", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn, _ := s.rawDial()
		conn.Write(clientFrame(0x88, nil))
		if code, reason := s.whyDisconnected(); code != 1005 || reason != "Client-side close frame status not set" {
			t.Errorf("disconnect with %v %q", code, reason)
		}
	})
	t.Run("a lost connection is 1006", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn, _ := s.rawDial()
		conn.Close()
		if code, reason := s.whyDisconnected(); code != 1006 || reason != "Connection closed abnormally" {
			t.Errorf("disconnect with %v %q", code, reason)
		}
	})
	t.Run("the event is AWS's", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn, _ := s.rawDial()
		conn.Write(clientFrame(0x88, nil))
		event := string(s.invoker.WaitEvents(t, "disconnect", 1)[0])
		context := decode(t, []byte(event))["requestContext"].(map[string]any)
		want := fmt.Sprintf(`{"headers":{"Host":"abcdef123.execute-api.us-east-1.amazonaws.com","X-Forwarded-For":"","x-api-key":"","x-restapi":""},`+
			`"multiValueHeaders":{"Host":["abcdef123.execute-api.us-east-1.amazonaws.com"],"X-Forwarded-For":[""],"x-api-key":[""],"x-restapi":[""]},`+
			`"requestContext":{"routeKey":"$disconnect","disconnectStatusCode":1005,"eventType":"DISCONNECT","extendedRequestId":%[1]q,`+
			`"requestTime":"11/Nov/2024:13:45:46 +0000","messageDirection":"IN","disconnectReason":"Client-side close frame status not set",`+
			`"stage":"prod","connectedAt":1731332746514,"requestTimeEpoch":1731332746514,"identity":{"sourceIp":"127.0.0.1"},`+
			`"requestId":%[1]q,"domainName":"abcdef123.execute-api.us-east-1.amazonaws.com","connectionId":%[2]q,"apiId":"abcdef123"},`+
			`"isBase64Encoded":false}`, context["requestId"], context["connectionId"])
		if event != want {
			t.Errorf("event\n%s\nwant\n%s", event, want)
		}
	})
	t.Run("without a $disconnect route nothing is invoked", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { delete(in.config.Routes, RouteDisconnect) })
		s.dial().Close(1000, "")
		s.drain(t)
		if n := len(s.invoker.Events("disconnect")); n != 0 {
			t.Errorf("$disconnect ran %d times", n)
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
// pass moves the clock on and lets the sweeper look.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
// clientFrame makes a masked frame.
func clientFrame(first byte, payload []byte) []byte {
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = append(b, 0x80|126, byte(n>>8), byte(n))
	default:
		b = append(b, 0x80|127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i%4])
	}
	return b
}
