package websocket

import (
	"errors"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(*Config)
		want   string
		is     error
	}{
		{"no API id", func(c *Config) { c.APIID = "" }, "websocket: new: API id is missing", ErrNoAPIID},
		{"no stage", func(c *Config) { c.Stage = "" }, "websocket: new a: stage is missing", ErrNoStage},
		{
			"a route without function", func(c *Config) { c.Routes = map[string]Route{"x": {}} },
			`websocket: new a: route "x": function is missing`, ErrNoFunction,
		},
		{
			"an authorizer elsewhere than on $connect",
			func(c *Config) {
				c.Routes = map[string]Route{"x": {Function: "f", Authorizer: &Authorizer{Function: "g"}}}
			},
			`websocket: new a: route "x": an authorizer is possible on $connect only`, ErrAuthorizer,
		},
		{
			"an authorizer without function",
			func(c *Config) { c.Routes = map[string]Route{"$connect": {Function: "f", Authorizer: &Authorizer{}}} },
			`websocket: new a: authorizer: function is missing`, ErrNoFunction,
		},
		{
			"an identity source that does not exist",
			func(c *Config) {
				c.Routes = map[string]Route{"$connect": {Function: "f", Authorizer: &Authorizer{Function: "g", IdentitySources: []string{"route.request.body.x"}}}}
			},
			`websocket: new a: identity source is not supported: "route.request.body.x"`, ErrIdentitySource,
		},
		{
			"a selection expression on something else", func(c *Config) { c.RouteSelectionExpression = "$request.header.x" },
			`websocket: new a: route selection expression is not supported: variable "request.header.x" in "$request.header.x"`, ErrExpression,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			config := Config{APIID: "a", Stage: "s"}
			tc.change(&config)
			services, err := edge.Services{Invoker: edgetest.NewInvoker()}.WithDefaults()
			if err != nil {
				t.Fatal(err)
			}
			_, err = New(config, services)
			if err == nil || err.Error() != tc.want || !errors.Is(err, tc.is) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzSelection(f *testing.F) {
	for _, expression := range []string{"$request.body.action", "${request.body.a.b}-x", `\$default`, "$", "${", "", "a$b"} {
		for _, message := range []string{`{"action":"x"}`, `{"a":{"b":1}}`, `[`, ``, `{"action":null}`} {
			f.Add(expression, message)
		}
	}
	f.Fuzz(func(t *testing.T, expression, message string) {
		s, err := parseSelection(expression)
		if err != nil {
			if !errors.Is(err, ErrExpression) {
				t.Errorf("%q: %v", expression, err)
			}
			return
		}
		s.evaluate([]byte(message))
	})
}

func FuzzProxyResponse(f *testing.F) {
	for _, seed := range []string{ok, `null`, `{"statusCode":"200","body":"x","isBase64Encoded":true}`, `{"statusCode":1e2}`, `{"headers":{"a":1}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := parseProxyResponse([]byte(raw)); err != nil && !errors.Is(err, errMalformedResponse) {
			t.Errorf("%q: %v", raw, err)
		}
	})
}
