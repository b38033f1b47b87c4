package httpapi

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

// The first block is the example of
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func TestRouteIsChosen(t *testing.T) {
	t.Parallel()
	documented := []string{"ANY /{proxy+}", "$default", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"}
	cases := []struct {
		name, request, want, parameters string
		keys                            []string
	}{
		{"a full match", "GET /pets/dog/1", "GET /pets/dog/1", "", documented},
		{"a path variable", "GET /pets/dog/2", "GET /pets/dog/{id}", "id=2", documented},
		{"a greedy variable", "GET /pets/cat/1", "GET /pets/{proxy+}", "proxy=cat/1", documented},
		{"ANY with a greedy variable", "POST /test/5", "ANY /{proxy+}", "proxy=test/5", documented},
		{"$default for the root", "GET /", "$default", "", documented},
		{"a method before ANY", "GET /a", "GET /a", "", []string{"ANY /a", "GET /a"}},
		{"ANY for the other methods", "PUT /a", "ANY /a", "", []string{"ANY /a", "GET /a"}},
		{"a full match of ANY before a greedy method", "GET /a", "ANY /a", "", []string{"GET /{proxy+}", "ANY /a"}},
		{"the next route when the method differs", "GET /a/1", "ANY /{proxy+}", "proxy=a/1", []string{"POST /a/{id}", "ANY /{proxy+}"}},
		{"the longer greedy prefix", "GET /a/b/c", "GET /a/{proxy+}", "proxy=b/c", []string{"GET /{proxy+}", "GET /a/{proxy+}"}},
		{"a static segment before a variable", "GET /a/b/c", "GET /a/{x}/c", "x=b", []string{"GET /{x}/b/c", "GET /a/{x}/c"}},
		{"several variables", "PUT /red/schedule/7", "PUT /{group}/schedule/{key}", "group=red&key=7", []string{"PUT /{group}/schedule/{key}"}},
		{"a variable is decoded", "GET /a%20b%2Fc", "GET /{x}", "x=a b/c", []string{"GET /{x}"}},
		{"nothing for a missing method", "DELETE /a", "", "", []string{"GET /a"}},
		{"nothing for an empty variable", "GET /a/", "", "", []string{"GET /a/{x}"}},
		{"nothing for a longer path", "GET /a/b", "", "", []string{"GET /a"}},
		{"nothing for the root of a greedy route", "GET /", "", "", []string{"GET /{proxy+}"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, func(in *setup) { in.config.Routes = routes(tc.keys...) })
			for _, key := range tc.keys {
				r.invoker.Return(key, `"`+key+`"`)
			}
			method, path, _ := strings.Cut(tc.request, " ")
			response, body := r.send(method, path, "")
			if tc.want == "" {
				if response.StatusCode != 404 || body != `{"message":"Not Found"}` {
					t.Errorf("%d %s", response.StatusCode, body)
				}
				return
			}
			if body != tc.want {
				t.Fatalf("answered by %s", body)
			}
			event := r.event(tc.want)
			var got []string
			if parameters, ok := event["pathParameters"].(map[string]any); ok {
				for _, name := range []string{"group", "id", "key", "proxy", "x"} {
					if value, present := parameters[name]; present {
						got = append(got, fmt.Sprintf("%s=%v", name, value))
					}
				}
			}
			if strings.Join(got, "&") != tc.parameters || event["routeKey"] != tc.want {
				t.Errorf("route %v with parameters %v", event["routeKey"], got)
			}
		})
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html
func TestStageIsChosen(t *testing.T) {
	t.Parallel()
	both := []Stage{{Name: "$default"}, {Name: "prod", Variables: map[string]string{"color": "red"}}}
	cases := []struct {
		name, path, stage, rawPath string
		stages                     []Stage
	}{
		{"$default without prefix", "/pets", "$default", "/pets", both},
		{"a named stage by its prefix, which rawPath keeps", "/prod/pets", "prod", "/prod/pets", both},
		{"$default for any other prefix", "/dev/pets", "$default", "/dev/pets", both},
		{"nothing without $default", "/dev/pets", "", "", both[1:]},
		{"$default is no prefix", "/$default/pets", "$default", "/$default/pets", both},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, func(in *setup) { in.config.Stages = tc.stages })
			response, body := r.send("GET", tc.path, "")
			if tc.stage == "" {
				if response.StatusCode != 404 || body != `{"message":"Not Found"}` {
					t.Errorf("%d %s", response.StatusCode, body)
				}
				return
			}
			event := r.event("f")
			context := event["requestContext"].(map[string]any)
			if context["stage"] != tc.stage || event["rawPath"] != tc.rawPath || context["http"].(map[string]any)["path"] != tc.rawPath {
				t.Errorf("stage %v, rawPath %v", context["stage"], event["rawPath"])
			}
			if variables, _ := event["stageVariables"].(map[string]any); (tc.stage == "prod") != (variables["color"] == "red") {
				t.Errorf("stage variables %v", variables)
			}
		})
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	custom := func(a *Authorizer) []Route {
		return []Route{{Key: "GET /", Function: "f", Authorization: "CUSTOM", Authorizer: a}}
	}
	cases := []struct {
		name   string
		config Config
		want   string
		is     error
	}{
		{"no id", Config{}, "httpapi: new: API id is missing", ErrNoAPIID},
		{"no stage", Config{APIID: "a"}, "httpapi: new a: API has no stage", ErrNoStage},
		{"a route key without method", Config{Routes: routes("/pets")}, `httpapi: new a: route "/pets": route key is not valid: "/pets"`, ErrRouteKey},
		{"a greedy variable in the middle", Config{Routes: routes("GET /{a+}/b")}, `httpapi: new a: route "GET /{a+}/b": route key is not valid: "GET /{a+}/b"`, ErrRouteKey},
		{"half a variable", Config{Routes: routes("GET /a{b}")}, `httpapi: new a: route "GET /a{b}": route key is not valid: "GET /a{b}"`, ErrRouteKey},
		{"a route twice", Config{Routes: routes("GET /a", "GET /a")}, `httpapi: new a: route key is used twice: "GET /a"`, ErrDuplicateRoute},
		{"no function", Config{Routes: []Route{{Key: "GET /"}}}, `httpapi: new a: route "GET /": function is missing`, ErrNoFunction},
		{
			"payload format 1.0",
			Config{Routes: []Route{{Key: "GET /", Function: "f", PayloadFormat: "1.0"}}},
			`httpapi: new a: route "GET /": payload format is not supported: "1.0"`, ErrPayloadFormat,
		},
		{
			"JWT",
			Config{Routes: []Route{{Key: "GET /", Function: "f", Authorization: "JWT"}}},
			`httpapi: new a: route "GET /": authorization type is not supported: "JWT"`, ErrAuthorization,
		},
		{"CUSTOM without authorizer", Config{Routes: custom(nil)}, `httpapi: new a: route "GET /": authorizer is missing`, ErrNoAuthorizer},
		{
			"an authorizer without function",
			Config{Routes: custom(&Authorizer{})},
			`httpapi: new a: route "GET /": authorizer: function is missing`, ErrNoFunction,
		},
		{
			"simple responses with format 1.0",
			Config{Routes: custom(&Authorizer{Function: "a", PayloadFormat: "1.0", SimpleResponses: true})},
			`httpapi: new a: route "GET /": authorizer: payload format is not supported: "1.0" with simple responses: true`, ErrPayloadFormat,
		},
		{
			"caching without identity source",
			Config{Routes: custom(&Authorizer{Function: "a", TTL: time.Second})},
			`httpapi: new a: route "GET /": authorizer: caching needs an identity source`, ErrNoCacheKey,
		},
		{
			"an unknown identity source",
			Config{Routes: custom(&Authorizer{Function: "a", IdentitySources: []string{"$request.body.x"}})},
			`httpapi: new a: route "GET /": authorizer: identity source is not supported: "$request.body.x"`, ErrIdentitySource,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.is != ErrNoAPIID {
				tc.config.APIID = "a"
			}
			if tc.is != ErrNoStage {
				tc.config.Stages = []Stage{{Name: "$default"}}
			}
			services, err := edge.Services{Invoker: edgetest.NewInvoker()}.WithDefaults()
			if err != nil {
				t.Fatal(err)
			}
			if _, err = New(tc.config, services); err == nil || err.Error() != tc.want || !errors.Is(err, tc.is) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzRouteKey(f *testing.F) {
	for _, key := range []string{"$default", "GET /", "ANY /{proxy+}", "GET /a/{b}", "GET /{", "GET //"} {
		f.Add(key, "/a/b")
	}
	f.Fuzz(func(t *testing.T, key, path string) {
		p, err := parseRouteKey(key)
		if err != nil {
			if !errors.Is(err, ErrRouteKey) {
				t.Errorf("%q: %v", key, err)
			}
			return
		}
		p.match("GET", segmentsOf(path))
		if moreSpecific(p, p) != 0 {
			t.Errorf("%q is more specific than itself", key)
		}
	})
}
