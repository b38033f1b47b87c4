package websocket

import (
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	t.Run("a post fails as injected", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		s.dial()
		s.faults.Set("execute-api/PostToConnection", edge.Injection{Status: 500})
		response, body := s.manage("POST", s.connectionID(1), "x")
		if response.StatusCode != 500 || body != `{"message":"Internal Server Error"}` {
			t.Errorf("%d %s", response.StatusCode, body)
		}
		s.faults.Set("execute-api/PostToConnection", edge.Injection{Status: 429})
		response, _ = s.manage("POST", s.connectionID(1), "x")
		if response.StatusCode != 429 || response.Header.Get("X-Amzn-Errortype") != "LimitExceededException" {
			t.Errorf("%d %v", response.StatusCode, response.Header)
		}
	})
	t.Run("a dropped post is delivered, but its caller gets no response", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		s.faults.Set("execute-api/PostToConnection", edge.Injection{Drop: true})
		_, err := s.server.Client().Post(s.url("/prod/@connections/"+s.connectionID(1)), "", strings.NewReader("x"))
		if err == nil {
			t.Error("the caller has an answer")
		}
		if got := receive(t, conn); got != "x" {
			t.Errorf("heard %q", got)
		}
	})
	t.Run("a socket is cut on its next message", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		s.faults.Set("socket/close", edge.Injection{Drop: true})
		say(t, conn, "x")
		if code, _ := s.whyDisconnected(); code != 1006 {
			t.Errorf("disconnect with %v", code)
		}
		if n := len(s.invoker.Events("default")); n != 0 {
			t.Errorf("the message reached its function %d times", n)
		}
	})
	t.Run("a socket is cut by a post", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		s.dial()
		s.faults.Set("socket/close", edge.Injection{Drop: true})
		if response, _ := s.manage("POST", s.connectionID(1), "x"); response.StatusCode != 410 {
			t.Errorf("%d", response.StatusCode)
		}
	})
	t.Run("CloseConnection cuts one socket", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		s.dial()
		id := s.connectionID(1)
		if !s.CloseConnection(id) || s.CloseConnection(id) {
			t.Error("it can be cut once")
		}
		if code, _ := s.whyDisconnected(); code != 1006 {
			t.Errorf("disconnect with %v", code)
		}
	})
}
