package websocket

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	client "github.com/coder/websocket"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

// authorized puts an authorizer on $connect that wants the query parameter token.
// refusedBody is what a failed handshake's body looks like.
// refused dials and returns the answer that was no upgrade.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
func TestConnectIntegration(t *testing.T) {
	t.Parallel()
	const failed = "Internal server error"
	cases := []struct {
		name    string
		answer  func(*edgetest.Invoker)
		status  int
		code    string
		message string // "" for a body of the function's
		body    string
	}{
		{
			"a status of the function refuses the upgrade with it",
			func(i *edgetest.Invoker) { i.Return("connect", `{"statusCode":418,"body":"short and stout"}`) }, 418, "", "", "short and stout",
		},
		{
			"a function error is 502", func(i *edgetest.Invoker) { i.Throw("connect", "oops") },
			502, "InternalServerErrorException", failed, "",
		},
		{
			"an answer that is no proxy response is 502", func(i *edgetest.Invoker) { i.Return("connect", `"fine"`) },
			502, "InternalServerErrorException", failed, "",
		},
		{
			"null is 502", func(i *edgetest.Invoker) { i.Return("connect", `null`) },
			502, "InternalServerErrorException", failed, "",
		},
		{
			"a function that cannot be invoked is 500", func(i *edgetest.Invoker) { i.Fail("connect", errors.New("gone")) },
			500, "InternalServerErrorException", failed, "",
		},
		{
			"a throttled function is 500", func(i *edgetest.Invoker) { i.Fail("connect", edgetest.Throttled{}) },
			500, "InternalServerErrorException", failed, "",
		},
		{
			"a function that takes too long is 504", func(i *edgetest.Invoker) { i.Hang("connect") },
			504, "GatewayTimeoutException", "Endpoint request timed out", "",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(in *setup) { in.config.Limits.IntegrationTimeout = 50 * time.Millisecond })
			tc.answer(s.invoker)
			status, code, body := s.refused("/prod")
			if status != tc.status || code != tc.code {
				t.Errorf("%d %s %s", status, code, body)
			}
			if tc.message == "" && body != tc.body || tc.message != "" && !refusedBody(tc.message).MatchString(body) {
				t.Errorf("body %s", body)
			}
			s.drain(t)
			if n := len(s.invoker.Events("disconnect")); n != 0 {
				t.Errorf("$disconnect ran %d times for a connection that never was", n)
			}
		})
	}
	t.Run("without a $connect route everyone connects", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { delete(in.config.Routes, RouteConnect) })
		s.dial()
	})
}

func TestConnectEvent(t *testing.T) {
	t.Parallel()
	s := start(t, func(in *setup) { in.config.StageVariables = map[string]string{"color": "red"} })
	s.tryDial("/prod?room=1")
	event := decode(t, s.invoker.WaitEvents(t, "connect", 1)[0])
	headers := event["headers"].(map[string]any)
	for _, absent := range []string{"Connection", "Upgrade", "content-length"} {
		if _, present := headers[absent]; present {
			t.Errorf("AWS gives %q to the authorizer only", absent)
		}
	}
	for _, present := range []string{"Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "X-Amzn-Trace-Id", "X-Forwarded-For"} {
		if _, ok := headers[present]; !ok {
			t.Errorf("header %q is missing", present)
		}
	}
	if q := event["queryStringParameters"].(map[string]any); q["room"] != "1" {
		t.Errorf("query %v", q)
	}
	if v := event["stageVariables"].(map[string]any); v["color"] != "red" {
		t.Errorf("stage variables %v", v)
	}
	if event["isBase64Encoded"] != false {
		t.Error("isBase64Encoded is not false")
	}
	if _, present := event["requestContext"].(map[string]any)["authorizer"]; present {
		t.Error("an authorizer without authorizer")
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
func TestSubprotocol(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, answer, want string }{
		{"the integration's header is echoed", `{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"hermes.v1"}}`, "hermes.v1"},
		{"in any spelling", `{"statusCode":200,"headers":{"sec-websocket-protocol":"hermes.v1"}}`, "hermes.v1"},
		{"as a list", `{"statusCode":200,"multiValueHeaders":{"Sec-WebSocket-Protocol":["hermes.v1"]}}`, "hermes.v1"},
		{"nothing is negotiated without it", ok, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, nil)
			s.invoker.Return("connect", tc.answer)
			conn := s.dial(&client.DialOptions{Subprotocols: []string{"hermes.token.x", "hermes.v1"}})
			if got := conn.Subprotocol(); got != tc.want {
				t.Errorf("subprotocol %q", got)
			}
		})
	}
}

func TestHandshakeIsChecked(t *testing.T) {
	t.Parallel()
	t.Run("another stage is 403", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		if response, body := s.request("GET", "/dev", ""); response.StatusCode != 403 || body != `{"message":"Forbidden"}` {
			t.Errorf("%d %s", response.StatusCode, body)
		}
	})
	t.Run("a plain GET is 426", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		if response, _ := s.request("GET", "/prod", ""); response.StatusCode != 426 || response.Header.Get("Upgrade") != "websocket" {
			t.Errorf("%d %v", response.StatusCode, response.Header)
		}
	})
	t.Run("a URL above 4,096 characters is 414", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		if status, _, _ := s.refused("/prod?x=" + strings.Repeat("x", 4096)); status != 414 {
			t.Errorf("%d", status)
		}
	})
	t.Run("an old protocol version is 400", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		request, _ := http.NewRequest("GET", s.url("/prod"), nil)
		request.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"8"}}
		response, err := s.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 400 {
			t.Errorf("%d", response.StatusCode)
		}
	})
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
	t.Run("more connections a second than the account's quota are 429", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { in.services.ConnectionLimits = edge.Limits{Rate: 1, Burst: 2} })
		s.dial()
		s.dial()
		if status, code, _ := s.refused("/prod"); status != 429 || code != "TooManyRequestsException" {
			t.Errorf("%d %s", status, code)
		}
		s.clock.Advance(time.Second)
		s.dial()
	})
}

// https://repost.aws/knowledge-center/410-gone-api-gateway
func TestPostDuringConnectIsGone(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	var status int
	s.invoker.On("connect", func(_ context.Context, event []byte) ([]byte, string, error) {
		id := decode(t, event)["requestContext"].(map[string]any)["connectionId"].(string)
		response, _ := s.manage("POST", id, "too early")
		status = response.StatusCode
		return []byte(ok), "", nil
	})
	s.dial()
	if status != 410 {
		t.Errorf("status %d", status)
	}
	if response, _ := s.manage("POST", s.connectionID(1), "in time"); response.StatusCode != 200 {
		t.Errorf("after the handshake: %d", response.StatusCode)
	}
}

func TestAClientThatLeavesDuringConnectIsDisconnected(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.invoker.On("connect", func(ctx context.Context, _ []byte) ([]byte, string, error) {
		close(entered)
		select {
		case <-leave:
			return []byte(ok), "", nil
		case <-ctx.Done():
			return nil, "", ctx.Err()
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	dialed := make(chan error, 1)
	go func() {
		_, _, err := client.Dial(ctx, s.url("/prod"), nil)
		dialed <- err
	}()
	<-entered
	cancel()
	if err := <-dialed; err == nil {
		t.Fatal("connected")
	}
	close(leave)
	if code, _ := s.whyDisconnected(); code != 1006 {
		t.Errorf("disconnect with %v", code)
	}
}
