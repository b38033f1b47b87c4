package websocket

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	client "github.com/coder/websocket"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

const connectARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect"

func allow(resource string) string {
	return fmt.Sprintf(`{"principalId":"user","policyDocument":{"Version":"2012-10-17","Statement":[`+
		`{"Action":"execute-api:Invoke","Effect":"Allow","Resource":%q}]}}`, resource)
}

func authorized(in *setup) {
	in.config.Routes[RouteConnect] = Route{Function: "connect", Authorizer: &Authorizer{
		Function: "authorize", IdentitySources: []string{"route.request.querystring.token"},
	}}
}

func refusedBody(message string) *regexp.Regexp {
	return regexp.MustCompile(`^\{"message": "` + message + `", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$`)
}

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
