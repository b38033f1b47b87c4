package websocket

import (
	"context"
	"testing"
	"time"

	client "github.com/coder/websocket"
)

func (s *stage) drain(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Drain(ctx); err != nil {
		t.Fatal(err)
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
	t.Run("it stops waiting when its context ends", func(t *testing.T) {
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
