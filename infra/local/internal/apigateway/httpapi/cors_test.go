package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCORS(t *testing.T) {
	t.Parallel()
	full := &CORS{
		AllowOrigins: []string{"https://www.example.com", "http://*"}, AllowMethods: []string{"GET", "POST"},
		AllowHeaders: []string{"authorization", "x-a"}, ExposeHeaders: []string{"date"}, MaxAge: 5 * time.Minute, AllowCredentials: true,
	}
	on := func(c *CORS, keys ...string) func(*setup) {
		return func(in *setup) {
			in.config.CORS, in.config.Routes = c, nil
			for _, key := range keys {
				in.config.Routes = append(in.config.Routes, Route{Key: key, Function: "f"})
			}
		}
	}
	corsHeaders := func(h http.Header) string {
		var all []string
		for _, name := range []string{"Allow-Origin", "Allow-Methods", "Allow-Headers", "Expose-Headers", "Max-Age", "Allow-Credentials"} {
			if values := h["Access-Control-"+name]; len(values) > 0 {
				all = append(all, name+"="+strings.Join(values, "|"))
			}
		}
		return strings.Join(all, " ")
	}
	const preflight, origin = "Access-Control-Request-Method: POST", "Origin: https://www.example.com"
	cases := []struct {
		name, method string
		cors         *CORS
		key          string
		headers      []string
		status       int
		want         string
	}{
		{
			"the gateway answers a preflight", "OPTIONS", full, "POST /",
			[]string{origin, preflight},
			204,
			"Allow-Origin=https://www.example.com Allow-Methods=GET,POST Allow-Headers=authorization,x-a Expose-Headers=date Max-Age=300 Allow-Credentials=true",
		},
		{"a preflight from elsewhere gets nothing", "OPTIONS", full, "POST /", []string{"Origin: https://evil.example", preflight}, 204, ""},
		{
			"OPTIONS without Access-Control-Request-Method is none", "OPTIONS", full, "POST /",
			[]string{origin},
			404,
			"Allow-Origin=https://www.example.com Expose-Headers=date Allow-Credentials=true",
		},
		{
			"answers carry the headers, and only those of the configuration", "POST", full, "POST /",
			[]string{origin},
			200,
			"Allow-Origin=https://www.example.com Expose-Headers=date Allow-Credentials=true",
		},
		{
			"an origin may match a scheme", "POST", full, "POST /",
			[]string{"Origin: http://localhost:3000"},
			200,
			"Allow-Origin=http://localhost:3000 Expose-Headers=date Allow-Credentials=true",
		},
		{"answers to elsewhere carry none, not even the function's", "POST", full, "POST /", []string{"Origin: https://evil.example"}, 200, ""},
		{"answers to no origin carry none", "POST", full, "POST /", nil, 200, ""},
		{"any origin is a star", "POST", &CORS{AllowOrigins: []string{"*"}}, "POST /", []string{origin}, 200, "Allow-Origin=*"},
		{"errors of the gateway carry them too", "GET", &CORS{AllowOrigins: []string{"*"}}, "POST /", []string{origin}, 404, "Allow-Origin=*"},
		{"without configuration the function decides", "POST", nil, "POST /", []string{origin}, 200, "Allow-Origin=https://function Allow-Methods=PUT"},
		{
			"a route for OPTIONS is asked, and the gateway adds the headers", "OPTIONS", full, "OPTIONS /{proxy+}",
			[]string{origin, preflight},
			200,
			"Allow-Origin=https://www.example.com Allow-Methods=GET,POST Allow-Headers=authorization,x-a Expose-Headers=date Max-Age=300 Allow-Credentials=true",
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, on(tc.cors, tc.key))
			r.invoker.Return("f", `{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"https://function","access-control-allow-methods":"PUT"}}`)
			path := "/"
			if strings.Contains(tc.key, "proxy") {
				path = "/x"
			}
			response, body := r.send(tc.method, path, "", tc.headers...)
			if response.StatusCode != tc.status || corsHeaders(response.Header) != tc.want {
				t.Errorf("%d %s %s", response.StatusCode, corsHeaders(response.Header), body)
			}
		})
	}
	t.Run("an authorizer on $default stops preflights", func(t *testing.T) {
		t.Parallel()
		r := start(t, func(in *setup) {
			in.config.CORS = full
			in.config.Routes = []Route{{Key: "$default", Function: "f", Authorization: AuthorizationCustom, Authorizer: &Authorizer{
				Function: "authorize", IdentitySources: []string{"$request.header.Authorization"},
			}}}
		})
		if response, _ := r.send("OPTIONS", "/", "", origin, preflight); response.StatusCode != 401 {
			t.Errorf("%d", response.StatusCode)
		}
	})
}
