package websocket

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"strings"
	"testing"
	"time"

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

func (s *stage) drain(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
func TestLimitsOfTime(t *testing.T) {
	t.Parallel()
	t.Run("ten idle minutes close with 1001", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		s.pass(t, 10*time.Minute)
		if closed := hearClose(t, conn); closed.Code != 1001 || closed.Reason != "Going away" {
			t.Errorf("closed with %v", closed)
		}
		if code, reason := s.whyDisconnected(); code != 1001 || reason != "Going away" {
			t.Errorf("disconnect with %v %q", code, reason)
		}
	})
	t.Run("a message, a post and a ping each begin the ten minutes anew", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn, reader := s.rawDial()
		id := s.connectionID(1)
		for i, act := range []func(){
			func() { conn.Write(clientFrame(0x81, []byte("hi"))); s.invoker.WaitEvents(t, "default", 1) },
			func() { s.manage("POST", id, "hello"); readFrame(t, reader) },
			func() { conn.Write(clientFrame(0x89, []byte("p"))); readFrame(t, reader) },
		} {
			s.pass(t, 9*time.Minute)
			act()
			if s.Len() != 1 {
				t.Fatalf("closed in spite of activity %d", i)
			}
		}
		s.pass(t, 9*time.Minute)
		if s.Len() != 1 {
			t.Error("closed nine minutes after a ping")
		}
	})
	t.Run("two hours end the busiest connection", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		id := s.connectionID(1)
		for range 15 {
			s.pass(t, 8*time.Minute-time.Second)
			if response, _ := s.manage("POST", id, "still there"); response.StatusCode != 200 {
				t.Fatalf("post: %d", response.StatusCode)
			}
		}
		s.pass(t, time.Minute)
		if closed := hearClose(t, conn); closed.Code != 1001 {
			t.Errorf("closed with %v", closed)
		}
	})
}

// pass moves the clock on and lets the sweeper look.
func (s *stage) pass(t *testing.T, d time.Duration) {
	t.Helper()
	s.clock.Advance(d)
	s.sweep()
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
func TestLimitsOfSize(t *testing.T) {
	t.Parallel()
	kb := func(n int) []byte { return bytes.Repeat([]byte("x"), n<<10) }
	closes := []struct {
		name   string
		frames [][]byte
		code   uint16
	}{
		{"a frame above 32 KB closes with 1009", [][]byte{clientFrame(0x81, append(kb(32), 'x'))}, 1009},
		{"a message above 128 KB closes with 1009", [][]byte{
			clientFrame(0x01, kb(32)), clientFrame(0x00, kb(32)), clientFrame(0x00, kb(32)), clientFrame(0x00, kb(32)),
			clientFrame(0x80, []byte("x")),
		}, 1009},
		{"a binary frame closes with 1003", [][]byte{clientFrame(0x82, []byte{1, 2})}, 1003},
		{"text that is not UTF-8 closes with 1007", [][]byte{clientFrame(0x81, []byte{0xFF})}, 1007},
		{"an unmasked frame closes with 1002", [][]byte{{0x81, 0x01, 'x'}}, 1002},
		{"a continuation of nothing closes with 1002", [][]byte{clientFrame(0x80, []byte("x"))}, 1002},
	}
	for _, tc := range closes {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			conn, reader := s.rawDial()
			go conn.Write(bytes.Join(tc.frames, nil))
			opcode, payload := readFrame(t, reader)
			if opcode != 0x88 || len(payload) < 2 {
				t.Fatalf("frame %x %q", opcode, payload)
			}
			if code := uint16(payload[0])<<8 | uint16(payload[1]); code != tc.code {
				t.Errorf("closed with %d %q", code, payload[2:])
			}
			if code, _ := s.whyDisconnected(); code != float64(tc.code) {
				t.Errorf("disconnect with %v", code)
			}
		})
	}
	t.Run("128 KB in four frames arrive as one message", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn, _ := s.rawDial()
		conn.Write(bytes.Join([][]byte{
			clientFrame(0x01, kb(32)), clientFrame(0x00, kb(32)), clientFrame(0x89, []byte("ping between")),
			clientFrame(0x00, kb(32)), clientFrame(0x80, kb(32)),
		}, nil))
		event := decode(t, s.invoker.WaitEvents(t, "default", 1)[0])
		if body := event["body"].(string); body != strings.Repeat("x", 128<<10) {
			t.Errorf("a body of %d bytes", len(body))
		}
		if got := s.meter.Total("apigateway/message"); got != 4 {
			t.Errorf("counted as %v messages, want 4 of 32 KB", got)
		}
	})
}

func TestPingIsAnswered(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	conn, reader := s.rawDial()
	conn.Write(clientFrame(0x89, []byte("are you there")))
	if opcode, payload := readFrame(t, reader); opcode != 0x8A || string(payload) != "are you there" {
		t.Errorf("frame %x %q", opcode, payload)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	t.Run("draining closes with 1001 and runs $disconnect", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		closed := make(chan client.CloseError, 1)
		go func() { closed <- hearClose(t, conn) }()
		s.drain(t)
		if c := <-closed; c.Code != 1001 || c.Reason != "Going away" {
			t.Errorf("closed with %v", c)
		}
		if n := len(s.invoker.Events("disconnect")); n != 1 {
			t.Errorf("$disconnect ran %d times", n)
		}
	})
	t.Run("stopping closes with 1001 and runs nothing", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		closed := make(chan client.CloseError, 1)
		go func() { closed <- hearClose(t, conn) }()
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := <-closed; c.Code != 1001 {
			t.Errorf("closed with %v", c)
		}
		if n := len(s.invoker.Events("disconnect")); n != 0 {
			t.Errorf("$disconnect ran %d times", n)
		}
	})
	t.Run("nobody connects any more", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		s.drain(t)
		if _, response, err := s.tryDial("/prod"); err == nil || response.StatusCode != 503 {
			t.Errorf("dial: %v", err)
		}
	})
	t.Run("a client that does not answer delays it by no more than CloseWait", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { in.config.Limits.CloseWait = 50 * time.Millisecond })
		s.rawDial()
		s.drain(t)
		if code, _ := s.whyDisconnected(); code != 1001 {
			t.Errorf("disconnect with %v", code)
		}
	})
	t.Run("it gives up when its time is over", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { in.config.Limits.IntegrationTimeout = time.Second })
		s.invoker.Hang("default")
		say(t, s.dial(), "hi")
		s.invoker.WaitEvents(t, "default", 1)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		s.drained = true
		if err := s.Drain(ctx); err == nil || err.Error() != "websocket: stop abcdef123: context canceled" {
			t.Errorf("error %v", err)
		}
	})
}

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
