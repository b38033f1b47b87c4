package websocket

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	client "github.com/coder/websocket"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
func TestPost(t *testing.T) {
	t.Parallel()
	t.Run("its body reaches the client as one message", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		for _, body := range []string{"hello", "", "é<>", strings.Repeat("x", 128<<10)} {
			response, text := s.manage("POST", s.connectionID(1), body)
			if response.StatusCode != 200 || text != "" {
				t.Fatalf("%d %s", response.StatusCode, text)
			}
			if got := receive(t, conn); got != body {
				t.Errorf("heard %d bytes, want %d", len(got), len(body))
			}
		}
	})
	t.Run("ids may be escaped or not", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		conn := s.dial()
		id := s.connectionID(1)
		for _, path := range []string{"/prod/@connections/" + id, "/prod/%40connections/" + strings.ReplaceAll(id, "=", "%3D")} {
			if response, _ := s.request("POST", path, path); response.StatusCode != 200 {
				t.Errorf("%s: %d", path, response.StatusCode)
			}
			if got := receive(t, conn); got != path {
				t.Errorf("heard %q", got)
			}
		}
	})
	t.Run("a large message is split into frames of 32,000 bytes", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		_, reader := s.rawDial()
		s.manage("POST", s.connectionID(1), strings.Repeat("x", 70<<10))
		var sizes []int
		for _, first := range []byte{0x01, 0x00, 0x80} {
			opcode, payload := readFrame(t, reader)
			if opcode != first {
				t.Errorf("first byte %x, want %x", opcode, first)
			}
			sizes = append(sizes, len(payload))
		}
		if fmt.Sprint(sizes) != "[32000 32000 7680]" {
			t.Errorf("frames of %v bytes", sizes)
		}
	})
	t.Run("bytes that are no text arrive as binary", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		_, reader := s.rawDial()
		s.manage("POST", s.connectionID(1), "\xff\x00")
		if opcode, payload := readFrame(t, reader); opcode != 0x82 || string(payload) != "\xff\x00" {
			t.Errorf("frame %x %q", opcode, payload)
		}
	})
	t.Run("above 128 KB it is 413", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		s.dial()
		response, _ := s.manage("POST", s.connectionID(1), strings.Repeat("x", 128<<10+1))
		if response.StatusCode != 413 || response.Header.Get("X-Amzn-Errortype") != "PayloadTooLargeException" {
			t.Errorf("%d %v", response.StatusCode, response.Header)
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
func TestGone(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	conn := s.dial()
	id := s.connectionID(1)
	conn.Close(1000, "")
	s.invoker.WaitEvents(t, "disconnect", 1)
	for _, method := range []string{"POST", "GET", "DELETE"} {
		for name, gone := range map[string]string{"closed": id, "never opened": "AAAAAAAAAAAAAAA="} {
			response, body := s.manage(method, gone, "")
			if response.StatusCode != 410 || response.Header.Get("X-Amzn-Errortype") != "GoneException" || body != "" {
				t.Errorf("%s %s: %d %v %s", method, name, response.StatusCode, response.Header, body)
			}
		}
	}
	response, body := s.manage("POST", "nonsense", "")
	if response.StatusCode != 400 || response.Header.Get("X-Amzn-Errortype") != "BadRequestException" ||
		body != `{"message":"Invalid connectionId: nonsense"}` {
		t.Errorf("an id that is none: %d %s", response.StatusCode, body)
	}
}

// https://docs.aws.amazon.com/apigatewaymanagementapi/latest/api-reference/connections-connectionid.html
func TestGet(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	s.dial(&client.DialOptions{HTTPHeader: http.Header{"User-Agent": {"browser/1"}}})
	s.clock.Advance(time.Minute)
	s.manage("POST", s.connectionID(1), "x")
	response, body := s.manage("GET", s.connectionID(1), "")
	want := `{"connectedAt":"2024-11-11T13:45:46.514Z","identity":{"sourceIp":"127.0.0.1","userAgent":"browser/1"},` +
		`"lastActiveAt":"2024-11-11T13:46:46.514Z"}`
	if response.StatusCode != 200 || body != want {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

// https://github.com/boto/boto3/issues/3789
func TestDelete(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	conn := s.dial()
	closed := make(chan client.CloseError, 1)
	go func() { closed <- hearClose(t, conn) }()
	if response, _ := s.manage("DELETE", s.connectionID(1), ""); response.StatusCode != 204 {
		t.Errorf("%d", response.StatusCode)
	}
	if response, _ := s.manage("POST", s.connectionID(1), "x"); response.StatusCode != 410 {
		t.Errorf("afterwards: %d", response.StatusCode)
	}
	if c := <-closed; c.Code != 1000 {
		t.Errorf("closed with %v", c)
	}
	if code, reason := s.whyDisconnected(); code != 1000 || reason != "Connection Closed Normally" {
		t.Errorf("disconnect with %v %q", code, reason)
	}
}

type refusalError struct{}

func (refusalError) Error() string     { return "The security token included in the request is invalid." }
func (refusalError) StatusCode() int   { return 403 }
func (refusalError) ErrorCode() string { return "UnrecognizedClientException" }

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
func TestManagementIsAuthorized(t *testing.T) {
	t.Parallel()
	t.Run("for the action and the connection's ARN, with the body", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		var asked []string
		s := start(t, func(in *setup) {
			in.services.Authorize = func(r *http.Request, body []byte, action, resource string) (edge.Caller, error) {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, strings.Join([]string{r.URL.EscapedPath(), string(body), action, resource}, " "))
				return edge.Caller{Function: "deliver"}, nil
			}
		})
		s.dial()
		id := s.connectionID(1)
		s.manage("POST", id, "hello")
		if got := s.meter.Total("deliver:apigateway/message"); got != 1 {
			t.Errorf("the caller is charged with %v messages", got)
		}
		s.manage("DELETE", id, "")
		escaped := prefix + "/prod/@connections/" + strings.ReplaceAll(id, "=", "%3D")
		want := []string{
			escaped + " hello execute-api:ManageConnections arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/POST/@connections/" + id,
			escaped + "  execute-api:ManageConnections arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/DELETE/@connections/" + id,
		}
		if fmt.Sprint(asked) != fmt.Sprint(want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
	})
	cases := []struct {
		name string
		err  error
		code string
		body string
	}{
		{
			"a refusal is AccessDeniedException", errors.New("User: x is not authorized to perform: execute-api:ManageConnections"),
			"AccessDeniedException", `{"Message":"User: x is not authorized to perform: execute-api:ManageConnections"}`,
		},
		{
			"a bad signature has its own code",
			refusalError{},
			"UnrecognizedClientException",
			`{"message":"The security token included in the request is invalid."}`,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(in *setup) {
				in.services.Authorize = func(*http.Request, []byte, string, string) (edge.Caller, error) { return edge.Caller{}, tc.err }
			})
			s.dial()
			for _, method := range []string{"POST", "GET", "DELETE"} {
				response, body := s.manage(method, s.connectionID(1), "x")
				if response.StatusCode != 403 || response.Header.Get("X-Amzn-Errortype") != tc.code || body != tc.body {
					t.Errorf("%s: %d %v %s", method, response.StatusCode, response.Header, body)
				}
			}
			if s.Len() != 1 {
				t.Error("the connection was closed by someone who may not")
			}
		})
	}
	// https://github.com/aws/aws-sdk-php/issues/1955
	t.Run("a path without the stage is Forbidden", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		for _, path := range []string{"/@connections/AAAAAAAAAAAAAAA=", "/prod/@connections", "/prod/connections/x", "/dev/@connections/x"} {
			if response, body := s.request("POST", path, ""); response.StatusCode != 403 || body != `{"message":"Forbidden"}` {
				t.Errorf("%s: %d %s", path, response.StatusCode, body)
			}
		}
	})
	t.Run("another method is 403", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		if response, body := s.manage("PUT", "AAAAAAAAAAAAAAA=", ""); response.StatusCode != 403 || body != `{"message":"Missing Authentication Token"}` {
			t.Errorf("%d %s", response.StatusCode, body)
		}
	})
}

// https://docs.aws.amazon.com/apigatewaymanagementapi/latest/api-reference/connections-connectionid.html
