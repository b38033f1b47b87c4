package httpapi

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

const petsARN = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/$default/GET/pets/1"

func policyAnswer(effect, resource string) string {
	return fmt.Sprintf(`{"principalId":"u","policyDocument":{"Version":"2012-10-17","Statement":[`+
		`{"Action":"execute-api:Invoke","Effect":%q,"Resource":%q}]},"context":{"text":"a","number":1,"list":["x"]}}`, effect, resource)
}

// authorized puts a on the route GET /pets/{id}.
func authorized(a Authorizer) func(*setup) {
	a.Function = "authorize"
	return func(in *setup) {
		in.config.Routes = []Route{{Key: "GET /pets/{id}", Function: "f", Authorization: AuthorizationCustom, Authorizer: &a}}
		in.config.Limits.AuthorizerTimeout = 50 * time.Millisecond
	}
}

var (
	simple = Authorizer{SimpleResponses: true, IdentitySources: []string{"$request.header.Authorization"}}
	iam2   = Authorizer{IdentitySources: []string{"$request.header.Authorization"}}
	iam1   = Authorizer{PayloadFormat: "1.0", IdentitySources: []string{"$request.header.Authorization"}}
)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
func TestAuthorizer(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name       string
		authorizer Authorizer
		answer     func(*edgetest.Invoker)
		header     string
		status     int
		context    string // requestContext.authorizer on success
	}{
		{"a missing identity source is 401", simple, func(*edgetest.Invoker) {}, "X: y", 401, ""},
		{
			"isAuthorized true", simple, func(i *edgetest.Invoker) { i.Return("authorize", `{"isAuthorized":true}`) },
			"Authorization: t", 200, `{"lambda":null}`,
		},
		{"the context keeps its types", simple, func(i *edgetest.Invoker) {
			i.Return("authorize", `{"isAuthorized":true,"context":{"text":"a","number":1,"map":{"b":"c"}}}`)
		}, "Authorization: t", 200, `{"lambda":{"map":{"b":"c"},"number":1,"text":"a"}}`},
		{"isAuthorized false is 403", simple, func(i *edgetest.Invoker) { i.Return("authorize", `{"isAuthorized":false}`) }, "Authorization: t", 403, ""},
		{"a policy where a simple response is due is 500", simple, func(i *edgetest.Invoker) { i.Return("authorize", policyAnswer("Allow", "*")) }, "Authorization: t", 500, ""},
		{
			"Allow for the route's ARN", iam2, func(i *edgetest.Invoker) { i.Return("authorize", policyAnswer("Allow", petsARN)) },
			"Authorization: t", 200, `{"lambda":{"list":["x"],"number":1,"text":"a"}}`,
		},
		{
			"Allow by wildcard", iam2, func(i *edgetest.Invoker) {
				i.Return("authorize", policyAnswer("Allow", "arn:aws:execute-api:*/GET/pets/*"))
			},
			"Authorization: t", 200, `{"lambda":{"list":["x"],"number":1,"text":"a"}}`,
		},
		{"Allow for another route is 403", iam2, func(i *edgetest.Invoker) { i.Return("authorize", policyAnswer("Allow", petsARN+"2")) }, "Authorization: t", 403, ""},
		{"Deny is 403", iam2, func(i *edgetest.Invoker) { i.Return("authorize", policyAnswer("Deny", petsARN)) }, "Authorization: t", 403, ""},
		{"a simple response where a policy is due is 500", iam2, func(i *edgetest.Invoker) { i.Return("authorize", `{"isAuthorized":true}`) }, "Authorization: t", 500, ""},
		{
			"format 1.0 answers with a policy", iam1, func(i *edgetest.Invoker) { i.Return("authorize", policyAnswer("Allow", petsARN)) },
			"Authorization: t", 200, `{"lambda":{"list":["x"],"number":1,"text":"a"}}`,
		},
		{"the error Unauthorized is 401", simple, func(i *edgetest.Invoker) { i.Throw("authorize", "Unauthorized") }, "Authorization: t", 401, ""},
		{"any other error is 500", simple, func(i *edgetest.Invoker) { i.Throw("authorize", "oops") }, "Authorization: t", 500, ""},
		{"an unreachable function is 500", simple, func(i *edgetest.Invoker) { i.Fail("authorize", errors.New("no")) }, "Authorization: t", 500, ""},
		{"a function that takes too long is 500", simple, func(i *edgetest.Invoker) { i.Hang("authorize") }, "Authorization: t", 500, ""},
		{"null is 500", simple, func(i *edgetest.Invoker) { i.Return("authorize", `null`) }, "Authorization: t", 500, ""},
	}
	bodies := map[int]string{
		401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`, 500: `{"message":"Internal Server Error"}`, 200: `{"ok":true}`,
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, authorized(tc.authorizer))
			tc.answer(r.invoker)
			response, body := r.send("GET", "/pets/1", "", tc.header)
			if response.StatusCode != tc.status || body != bodies[tc.status] {
				t.Fatalf("%d %s", response.StatusCode, body)
			}
			if tc.status != 200 {
				if n := len(r.invoker.Events("f")); n != 0 {
					t.Errorf("the route's function ran %d times", n)
				}
				return
			}
			if event := string(r.invoker.Events("f")[0]); !strings.Contains(event, `"authorizer":`+tc.context+`,`) {
				t.Errorf("no %s in %s", tc.context, event)
			}
		})
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
func TestAuthorizerEvents(t *testing.T) {
	t.Parallel()
	sources := []string{"$request.header.authorization", "$request.querystring.q", "$context.routeKey", "$stageVariables.color"}
	stages := []Stage{{Name: "test", Variables: map[string]string{"color": "red"}}}
	t.Run("format 2.0", func(t *testing.T) {
		t.Parallel()
		r := start(t, func(in *setup) {
			authorized(Authorizer{IdentitySources: sources})(in)
			in.config.Stages = stages
		})
		r.invoker.Return("authorize", policyAnswer("Allow", "*"))
		r.send("GET", "/test/pets/1?q=a&q=b", "", "Authorization: user1", "Cookie: c=d", "User-Agent: agent")
		context := r.event("authorize")["requestContext"].(map[string]any)
		want := fmt.Sprintf(`{"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/pets/1",`+
			`"identitySource":["user1","a,b","GET /pets/{id}","red"],"routeKey":"GET /pets/{id}","rawPath":"/test/pets/1","rawQueryString":"q=a&q=b",`+
			`"cookies":["c=d"],"headers":{"accept-encoding":"gzip","authorization":"user1","host":%[1]q,"user-agent":"agent","x-amzn-trace-id":%[3]q,`+
			`"x-forwarded-for":"127.0.0.1","x-forwarded-port":"443","x-forwarded-proto":"https"},"queryStringParameters":{"q":"a,b"},`+
			`"requestContext":{"accountId":"123456789012","apiId":"abcdef123","domainName":%[1]q,"domainPrefix":"abcdef123",`+
			`"http":{"method":"GET","path":"/test/pets/1","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":"agent"},`+
			`"requestId":%[2]q,"routeKey":"GET /pets/{id}","stage":"test","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1584039838390},`+
			`"pathParameters":{"id":"1"},"stageVariables":{"color":"red"}}`,
			host, context["requestId"], r.event("authorize")["headers"].(map[string]any)["x-amzn-trace-id"])
		if got := string(r.invoker.Events("authorize")[0]); got != want {
			t.Errorf("event\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("format 1.0", func(t *testing.T) {
		t.Parallel()
		r := start(t, func(in *setup) {
			authorized(Authorizer{PayloadFormat: "1.0", IdentitySources: sources})(in)
			in.config.Stages = stages
		})
		r.invoker.Return("authorize", policyAnswer("Allow", "*"))
		r.send("GET", "/test/pets/1?q=a&q=b", "", "Authorization: user1", "User-Agent: agent")
		event := r.event("authorize")
		for name, want := range map[string]string{
			"version": "1.0", "type": "REQUEST", "methodArn": "arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/pets/1",
			"identitySource": "user1,a,b,GET /pets/{id},red", "authorizationToken": "user1,a,b,GET /pets/{id},red",
			"resource": "/pets/{id}", "path": "/test/pets/1", "httpMethod": "GET",
		} {
			if event[name] != want {
				t.Errorf("%s is %v, want %s", name, event[name], want)
			}
		}
		context := event["requestContext"].(map[string]any)
		if context["resourcePath"] != "/pets/{id}" || context["stage"] != "test" || context["apiId"] != apiID ||
			context["identity"].(map[string]any)["sourceIp"] != "127.0.0.1" {
			t.Errorf("requestContext %v", context)
		}
		if fmt.Sprint(event["queryStringParameters"], event["pathParameters"], event["stageVariables"]) != "map[q:b] map[id:1] map[color:red]" {
			t.Errorf("parameters %v %v %v", event["queryStringParameters"], event["pathParameters"], event["stageVariables"])
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.caching
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
