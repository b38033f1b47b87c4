package websocket

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
func TestMessageIsRouted(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, expression, message, function string }{
		{"by its action", "$request.body.action", `{"action":"echo","x":1}`, "echo"},
		{"by an expression in braces", "${request.body.action}", `{"action":"echo"}`, "echo"},
		{"by a nested path", "$request.body.meta.route", `{"meta":{"route":"echo"}}`, "echo"},
		{"by several variables", "${request.body.a}${request.body.b}", `{"a":"ec","b":"ho"}`, "echo"},
		{"to $default without the property", "$request.body.action", `{"x":"echo"}`, "default"},
		{"to $default with an unknown value", "$request.body.action", `{"action":"nope"}`, "default"},
		{"to $default when it is not JSON", "$request.body.action", `echo`, "default"},
		{"to $default when it is no object", "$request.body.action", `["echo"]`, "default"},
		{"to $default when the value is an object", "$request.body.action", `{"action":{"x":"echo"}}`, "default"},
		{"to $default when the path ends early", "$request.body.meta.route", `{"meta":"echo"}`, "default"},
		{"to $default, never to $connect", "$request.body.action", `{"action":"$connect"}`, "default"},
		{"to $default, never to $disconnect", "$request.body.action", `{"action":"$disconnect"}`, "default"},
		{"to $default when it is asked for", "$request.body.action", `{"action":"$default"}`, "default"},
		{"to $default when it is empty", "$request.body.action", ``, "default"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(in *setup) { in.config.RouteSelectionExpression = tc.expression })
			conn := s.dial()
			say(t, conn, tc.message)
			event := decode(t, s.invoker.WaitEvents(t, tc.function, 1)[0])
			if event["body"] != tc.message {
				t.Errorf("body %q", event["body"])
			}
			want := map[string]string{"echo": "echo", "default": "$default"}[tc.function]
			if key := event["requestContext"].(map[string]any)["routeKey"]; key != want {
				t.Errorf("routeKey %q", key)
			}
			for _, other := range []string{"echo", "default"} {
				if n := len(s.invoker.Events(other)); other != tc.function && n != 0 {
					t.Errorf("%s ran %d times", other, n)
				}
			}
		})
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
func TestMessageEvent(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	conn, _ := s.rawDial()
	s.clock.Advance(1500 * time.Millisecond)
	conn.Write(clientFrame(0x81, []byte(`{"action":"echo","text":"<é>"}`)))
	event := string(s.invoker.WaitEvents(t, "echo", 1)[0])
	c := decode(t, []byte(event))["requestContext"].(map[string]any)
	want := fmt.Sprintf(`{"requestContext":{"routeKey":"echo","messageId":%q,"eventType":"MESSAGE","extendedRequestId":%q,`+
		`"requestTime":"11/Nov/2024:13:45:48 +0000","messageDirection":"IN","stage":"prod","connectedAt":1731332746514,`+
		`"requestTimeEpoch":1731332748014,"identity":{"sourceIp":"127.0.0.1"},"requestId":%q,`+
		`"domainName":"abcdef123.execute-api.us-east-1.amazonaws.com","connectionId":%q,"apiId":"abcdef123"},`+
		`"body":"{\"action\":\"echo\",\"text\":\"<é>\"}","isBase64Encoded":false}`,
		c["messageId"], c["requestId"], c["requestId"], s.connectionID(1))
	if event != want {
		t.Errorf("event\n%s\nwant\n%s", event, want)
	}
	for _, name := range []string{"messageId", "requestId", "connectionId"} {
		if id := c[name].(string); !regexp.MustCompile(`^[\w-]{15}=$`).MatchString(id) {
			t.Errorf("%s %q", name, id)
		}
	}
}

func frameBody(message string) *regexp.Regexp { return refusedBody(message) }

// https://github.com/aws-samples/simple-websockets-chat-app/issues/24
func TestErrorFrames(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		change  func(*setup)
		answer  func(*edgetest.Invoker)
		message string
	}{
		{
			"no matching route and no $default is Forbidden",
			func(in *setup) { delete(in.config.Routes, RouteDefault) }, func(*edgetest.Invoker) {}, "Forbidden",
		},
		{"a function error", nil, func(i *edgetest.Invoker) { i.Throw("default", "oops") }, "Internal server error"},
		{"an unreachable function", nil, func(i *edgetest.Invoker) { i.Fail("default", errors.New("no")) }, "Internal server error"},
		{"a throttled function", nil, func(i *edgetest.Invoker) { i.Fail("default", edgetest.Throttled{}) }, "Internal server error"},
		{"an answer that is no proxy response", nil, func(i *edgetest.Invoker) { i.Return("default", `"x"`) }, "Internal server error"},
		{"a status that is no number", nil, func(i *edgetest.Invoker) { i.Return("default", `{"statusCode":"x"}`) }, "Internal server error"},
		{"a body that is not base64", nil, func(i *edgetest.Invoker) {
			i.Return("default", `{"statusCode":200,"body":"!","isBase64Encoded":true}`)
		}, "Internal server error"},
		{
			"an integration that takes too long",
			func(in *setup) { in.config.Limits.IntegrationTimeout = 50 * time.Millisecond },
			func(i *edgetest.Invoker) {
				i.On("default", func(ctx context.Context, _ []byte) ([]byte, string, error) {
					<-ctx.Done()
					return nil, "", ctx.Err()
				})
			}, "Endpoint request timed out",
		},
		{
			"more messages than the route's throttle allows",
			func(in *setup) { in.config.DefaultThrottle = edge.Limits{Rate: 1, Burst: 0} },
			func(*edgetest.Invoker) {}, "Too Many Requests",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(in *setup) {
				delete(in.config.Routes, RouteConnect)
				if tc.change != nil {
					tc.change(in)
				}
			})
			tc.answer(s.invoker)
			conn := s.dial()
			say(t, conn, "hi")
			if got := receive(t, conn); !frameBody(tc.message).MatchString(got) {
				t.Errorf("frame %s", got)
			}
		})
	}
	t.Run("more messages than the account's throttle allows", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { in.services.AccountLimits = edge.Limits{Rate: 1, Burst: 1} })
		conn := s.dial()
		say(t, conn, "hi")
		if got := receive(t, conn); !frameBody("Too Many Requests").MatchString(got) {
			t.Errorf("frame %s", got)
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
func TestRouteResponse(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, route, answer, want string }{
		{"the body is sent", "echo", `{"statusCode":200,"body":"{\"type\":\"ok\"}"}`, `{"type":"ok"}`},
		{"the body is sent whatever the status", "echo", `{"statusCode":500,"body":"no"}`, "no"},
		{"a status may be a string", "echo", `{"statusCode":"200","body":"yes"}`, "yes"},
		{"a base64 body is decoded", "echo", `{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`, "hi"},
		{"an empty body is an empty frame", "echo", `{"statusCode":200,"body":""}`, ""},
		{"no body is an empty frame", "echo", `{"statusCode":200}`, ""},
		{"a route without response sends nothing", "default", `{"statusCode":200,"body":"lost"}`, "next"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			conn := s.dial()
			s.invoker.Return(tc.route, tc.answer)
			say(t, conn, fmt.Sprintf(`{"action":%q}`, tc.route))
			s.invoker.WaitEvents(t, tc.route, 1)
			if tc.want == "next" {
				edgetest.Eventually(t, func() bool { return s.idle(1) }, func() string { return "the message is still in its function" })
				s.manage("POST", s.connectionID(1), "next")
			}
			if got := receive(t, conn); got != tc.want {
				t.Errorf("heard %q", got)
			}
		})
	}
}

// idle reports whether no message of the n-th connection is in a function.
func (s *stage) idle(n int) bool {
	c := s.connections.get(s.connectionID(n))
	return c != nil && len(c.slots) == 0
}

func TestMessagesOfOneClientRunSideBySide(t *testing.T) {
	t.Parallel()
	s := start(t, func(in *setup) { in.config.Limits.MessagesInFlight = 2 })
	release := make(chan struct{})
	s.invoker.On("echo", func(_ context.Context, event []byte) ([]byte, string, error) {
		if strings.Contains(string(event), "slow") {
			<-release
		}
		return []byte(`{"statusCode":200,"body":"done"}`), "", nil
	})
	conn := s.dial()
	say(t, conn, `{"action":"echo","n":"slow"}`)
	s.invoker.WaitEvents(t, "echo", 1)
	say(t, conn, `{"action":"echo","n":"fast"}`)
	if got := receive(t, conn); got != "done" {
		t.Errorf("heard %q", got)
	}
	say(t, conn, `{"action":"echo","n":"slow"}`)
	s.invoker.WaitEvents(t, "echo", 3)
	say(t, conn, `{"action":"echo","n":"fast"}`) // waits: two are in functions
	close(release)
	for range 3 {
		receive(t, conn)
	}
}

func TestMeterCountsUnitsOf32KB(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	s.invoker.Return("echo", fmt.Sprintf(`{"statusCode":200,"body":%q}`, strings.Repeat("x", 32<<10+1)))
	conn := s.dial()
	say(t, conn, `{"action":"echo"}`) // 1 in, 2 out
	receive(t, conn)
	s.manage("POST", s.connectionID(1), strings.Repeat("x", 64<<10)) // 2 out
	receive(t, conn)
	edgetest.Eventually(t, func() bool { return s.meter.Total("apigateway/message") == 5 },
		func() string { return fmt.Sprint(s.meter.Total("apigateway/message"), " messages, want 5") })
	s.pass(t, 90*time.Second)
	s.clock.Advance(30 * time.Second)
	conn.Close(1000, "")
	s.invoker.WaitEvents(t, "disconnect", 1)
	if got := s.meter.Total("apigateway/connection-minute"); got != 2 {
		t.Errorf("%v connection minutes, want 2", got)
	}
}
