package websocket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	client "github.com/coder/websocket"

	"github.com/hermes-cdk/hermes/infra/local/internal/gateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/gateway/edge/edgetest"
)

const connectARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect"

func allow(resource string) string {
	return fmt.Sprintf(`{"principalId":"user","policyDocument":{"Version":"2012-10-17","Statement":[`+
		`{"Action":"execute-api:Invoke","Effect":"Allow","Resource":%q}]}}`, resource)
}

// authorized puts an authorizer on $connect that wants the query parameter token.
func authorized(in *setup) {
	in.config.Routes[RouteConnect] = Route{Function: "connect", Authorizer: &Authorizer{
		Function: "authorize", IdentitySources: []string{"route.request.querystring.token"},
	}}
}

// refusedBody is what a failed handshake's body looks like.
func refusedBody(message string) *regexp.Regexp {
	return regexp.MustCompile(`^\{"message": "` + message + `", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$`)
}

// refused dials and returns the answer that was no upgrade.
func (s *stage) refused(path string) (status int, errorType, body string) {
	s.t.Helper()
	_, response, err := s.tryDial(path)
	if err == nil {
		s.t.Fatal("connected")
	}
	if response == nil {
		s.t.Fatal(err)
	}
	b := make([]byte, 1024)
	n, _ := response.Body.Read(b)
	return response.StatusCode, response.Header.Get("X-Amzn-Errortype"), string(b[:n])
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
func TestAuthorizer(t *testing.T) {
	t.Parallel()
	deny := strings.Replace(allow(connectARN), "Allow", "Deny", 1)
	both := `{"principalId":"u","policyDocument":{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*"},` +
		`{"Action":"execute-api:*","Effect":"Deny","Resource":"arn:aws:execute-api:*:*:*/prod/$conn*"}]}}`
	cases := []struct {
		name   string
		path   string
		answer func(*edgetest.Invoker)
		status int // 101 connects
		code   string
		body   string
	}{
		{
			"a missing identity source is 401, and nothing is invoked", "/prod",
			func(i *edgetest.Invoker) {}, 401, "UnauthorizedException", "Unauthorized",
		},
		{
			"an empty identity source is 401", "/prod?token=",
			func(i *edgetest.Invoker) {}, 401, "UnauthorizedException", "Unauthorized",
		},
		{
			"the error Unauthorized is 401", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Throw("authorize", "Unauthorized") }, 401, "UnauthorizedException", "Unauthorized",
		},
		{
			"any other error is 500", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Throw("authorize", "unauthorized!") },
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"a function that cannot be invoked is 500", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Fail("authorize", errors.New("no such function")) },
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"a throttled function is 500", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Fail("authorize", edgetest.Throttled{}) },
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"an answer without policy is 500", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Return("authorize", `{"principalId":"user"}`) },
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"an answer without principalId is 500", "/prod?token=t",
			func(i *edgetest.Invoker) {
				i.Return("authorize", strings.Replace(allow("*"), `"user"`, `""`, 1))
			},
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"a simple response is 500: WebSocket APIs know none", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Return("authorize", `{"isAuthorized":true}`) },
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"an answer above 8 KB is 500", "/prod?token=t",
			func(i *edgetest.Invoker) {
				i.Return("authorize", strings.TrimSuffix(allow("*"), "}")+`,"context":{"x":"`+strings.Repeat("x", 8<<10)+`"}}`)
			},
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"an object in the context is 500", "/prod?token=t",
			func(i *edgetest.Invoker) {
				i.Return("authorize", strings.TrimSuffix(allow("*"), "}")+`,"context":{"x":{"y":1}}}`)
			},
			500, "AuthorizerConfigurationException", "Internal server error",
		},
		{
			"Deny is 403", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Return("authorize", deny) }, 403, "ForbiddenException", "Forbidden",
		},
		{
			"Allow for another route is 403", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Return("authorize", allow(connectARN+"ion")) }, 403, "ForbiddenException", "Forbidden",
		},
		{
			"a Deny outweighs an Allow", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Return("authorize", both) }, 403, "ForbiddenException", "Forbidden",
		},
		{
			"Allow for the route's ARN connects", "/prod?token=t",
			func(i *edgetest.Invoker) { i.Return("authorize", allow(connectARN)) }, 101, "", "",
		},
		{
			"Allow by wildcard connects", "/prod?token=t",
			func(i *edgetest.Invoker) {
				i.Return("authorize", allow("arn:aws:execute-api:us-east-1:*:abcdef???/*"))
			}, 101, "", "",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, authorized)
			tc.answer(s.invoker)
			if tc.status == 101 {
				if _, response, err := s.tryDial(tc.path); err != nil {
					t.Fatalf("%v %v", err, response)
				}
				return
			}
			status, code, body := s.refused(tc.path)
			if status != tc.status || code != tc.code || !refusedBody(tc.body).MatchString(body) {
				t.Errorf("%d %s %s", status, code, body)
			}
			if n := len(s.invoker.Events("connect")); n != 0 {
				t.Errorf("$connect ran %d times", n)
			}
			if n := len(s.invoker.Events("authorize")); n != 0 && !strings.HasSuffix(tc.path, "=t") {
				t.Errorf("the authorizer ran %d times", n)
			}
		})
	}
}

func TestAuthorizerIdentitySources(t *testing.T) {
	t.Parallel()
	s := start(t, func(in *setup) {
		in.config.StageVariables = map[string]string{"color": "red"}
		in.config.Routes[RouteConnect] = Route{Function: "connect", Authorizer: &Authorizer{Function: "authorize", IdentitySources: []string{
			"route.request.header.X-Auth", "route.request.querystring.token", "stageVariables.color", "context.identity.sourceIp",
		}}}
	})
	s.invoker.Return("authorize", allow("*"))
	if status, _, _ := s.refused("/prod?token=1"); status != 401 {
		t.Errorf("without the header: %d", status)
	}
	s.tryDial("/prod?token=1", &client.DialOptions{HTTPHeader: http.Header{"X-Auth": {"a"}}})
	if s.Len() != 1 {
		t.Error("not connected with all sources")
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
func TestAuthorizerEvent(t *testing.T) {
	t.Parallel()
	s := start(t, authorized)
	s.invoker.Return("authorize", allow("*"))
	s.tryDial("/prod?token=a%20b&token=c&empty=", &client.DialOptions{HTTPHeader: http.Header{"X-Custom": {"1", "2"}}})
	event := string(s.invoker.WaitEvents(t, "authorize", 1)[0])
	v := decode(t, []byte(event))
	c := v["requestContext"].(map[string]any)
	headers := v["headers"].(map[string]any)
	host := "abcdef123.execute-api.us-east-1.amazonaws.com"
	want := fmt.Sprintf(`{"type":"REQUEST","methodArn":%q,"headers":{"Accept-Encoding":"gzip","Connection":"Upgrade","Host":%q,"Sec-WebSocket-Key":%q,`+
		`"Sec-WebSocket-Version":"13","Upgrade":"websocket","User-Agent":"Go-http-client/1.1","X-Amzn-Trace-Id":%q,"X-Custom":"2",`+
		`"X-Forwarded-For":"127.0.0.1","X-Forwarded-Port":"443","X-Forwarded-Proto":"https","content-length":"0"},`+
		`"multiValueHeaders":{"Accept-Encoding":["gzip"],"Connection":["Upgrade"],"Host":[%q],"Sec-WebSocket-Key":[%q],`+
		`"Sec-WebSocket-Version":["13"],"Upgrade":["websocket"],"User-Agent":["Go-http-client/1.1"],"X-Amzn-Trace-Id":[%q],"X-Custom":["1","2"],`+
		`"X-Forwarded-For":["127.0.0.1"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"],"content-length":["0"]},`+
		`"queryStringParameters":{"empty":"","token":"c"},"multiValueQueryStringParameters":{"empty":[""],"token":["a b","c"]},`+
		`"stageVariables":{},"requestContext":{"routeKey":"$connect","eventType":"CONNECT","extendedRequestId":%q,`+
		`"requestTime":"11/Nov/2024:13:45:46 +0000","messageDirection":"IN","stage":"prod","connectedAt":1731332746514,`+
		`"requestTimeEpoch":1731332746514,"identity":{"userAgent":"Go-http-client/1.1","sourceIp":"127.0.0.1"},"requestId":%q,`+
		`"domainName":%q,"connectionId":%q,"apiId":"abcdef123"}}`,
		connectARN, host, headers["Sec-WebSocket-Key"], headers["X-Amzn-Trace-Id"],
		host, headers["Sec-WebSocket-Key"], headers["X-Amzn-Trace-Id"],
		c["requestId"], c["requestId"], host, c["connectionId"])
	if event != want {
		t.Errorf("event\n%s\nwant\n%s", event, want)
	}
	if trace := headers["X-Amzn-Trace-Id"].(string); !regexp.MustCompile(`^Root=1-67320a8a-[0-9a-f]{24}$`).MatchString(trace) {
		t.Errorf("trace id %q", trace)
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
func TestAuthorizerContextReachesEveryLaterEvent(t *testing.T) {
	t.Parallel()
	s := start(t, authorized)
	s.invoker.Return("authorize", strings.TrimSuffix(allow("*"), "}")+
		`,"context":{"text":"a<b","number":1.50,"yes":true,"principalId":"shadow"}}`)
	conn, _, err := s.tryDial("/prod?token=t")
	if err != nil {
		t.Fatal(err)
	}
	say(t, conn, "hi")
	s.invoker.WaitEvents(t, "default", 1)
	conn.Close(1000, "")
	s.invoker.WaitEvents(t, "disconnect", 1)
	for _, function := range []string{"connect", "default", "disconnect"} {
		event := string(s.invoker.Events(function)[0])
		want := `"authorizer":{"number":"1.50","principalId":"user","text":"a<b","yes":"true"}`
		if !strings.Contains(event, want) {
			t.Errorf("%s: no %s in %s", function, want, event)
		}
	}
}

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
