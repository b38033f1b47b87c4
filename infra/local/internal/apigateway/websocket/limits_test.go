package websocket

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

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
	t.Run("a message, a post and a ping each restart the ten minutes", func(t *testing.T) {
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

func (s *stage) pass(t *testing.T, d time.Duration) {
	t.Helper()
	s.clock.Advance(d)
	s.sweep()
}

func TestLimitsOfSize(t *testing.T) {
	t.Parallel()
	full := bytes.Repeat([]byte("x"), 32_000)
	rest := bytes.Repeat([]byte("x"), 128<<10-4*len(full))
	closes := []struct {
		name   string
		frames [][]byte
		code   uint16
	}{
		{"a frame above 32 KB closes with 1009", [][]byte{clientFrame(0x81, append(bytes.Clone(full), 'x'))}, 1009},
		{"a message above 128 KB closes with 1009", [][]byte{
			clientFrame(0x01, full), clientFrame(0x00, full), clientFrame(0x00, full), clientFrame(0x00, full),
			clientFrame(0x00, rest), clientFrame(0x80, []byte("x")),
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
	t.Run("128 KB in five frames arrive as one message", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn, _ := s.rawDial()
		conn.Write(bytes.Join([][]byte{
			clientFrame(0x01, full), clientFrame(0x00, full), clientFrame(0x89, []byte("ping between")),
			clientFrame(0x00, full), clientFrame(0x00, full), clientFrame(0x80, rest),
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
