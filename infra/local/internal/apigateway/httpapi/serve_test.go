package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
func TestIntegrationFails(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		answer func(*edgetest.Invoker)
		status int
		body   string
	}{
		{"a function error is 500", func(i *edgetest.Invoker) { i.Throw("f", "oops") }, 500, `{"message":"Internal Server Error"}`},
		{"an unreachable function is 500", func(i *edgetest.Invoker) { i.Fail("f", errors.New("no")) }, 500, `{"message":"Internal Server Error"}`},
		{"a throttled function is 503", func(i *edgetest.Invoker) { i.Fail("f", edgetest.Throttled{}) }, 503, `{"message":"Service Unavailable"}`},
		{"a function that takes too long is 503", func(i *edgetest.Invoker) { i.Hang("f") }, 503, `{"message":"Service Unavailable"}`},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, func(in *setup) { in.config.Limits.IntegrationTimeout = 50 * time.Millisecond })
			tc.answer(r.invoker)
			if response, body := r.send("GET", "/", ""); response.StatusCode != tc.status || body != tc.body {
				t.Errorf("%d %s", response.StatusCode, body)
			}
		})
	}
	t.Run("a route may have a shorter time", func(t *testing.T) {
		t.Parallel()
		r := start(t, func(in *setup) { in.config.Routes[0].Timeout = 10 * time.Millisecond })
		r.invoker.Hang("f")
		if response, _ := r.send("GET", "/", ""); response.StatusCode != 503 {
			t.Errorf("%d", response.StatusCode)
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
func TestQuotas(t *testing.T) {
	t.Parallel()
	t.Run("above 10 MB it is 413", func(t *testing.T) {
		t.Parallel()
		r := start(t, nil)
		if response, body := r.send("POST", "/", strings.Repeat("x", 10<<20+1)); response.StatusCode != 413 || body != `{"message":"Request Entity Too Large"}` {
			t.Errorf("%d %s", response.StatusCode, body)
		}
		if n := len(r.invoker.Events("f")); n != 0 {
			t.Errorf("the function ran %d times", n)
		}
	})
	t.Run("10 MB pass, counted in units of 512 KB", func(t *testing.T) {
		t.Parallel()
		r := start(t, nil)
		if response, _ := r.send("POST", "/", strings.Repeat("x", 10<<20), "Content-Type: text/plain"); response.StatusCode != 200 {
			t.Errorf("%d", response.StatusCode)
		}
		if got := r.meter.Total("apigateway/http-request"); got != 20 {
			t.Errorf("counted %v", got)
		}
	})
	t.Run("headers above 10,240 bytes are 431", func(t *testing.T) {
		t.Parallel()
		r := start(t, nil)
		if response, _ := r.send("GET", "/", "", "X-Long: "+strings.Repeat("x", 10_240)); response.StatusCode != 431 {
			t.Errorf("%d", response.StatusCode)
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
func TestThrottling(t *testing.T) {
	t.Parallel()
	statuses := func(r *running, paths ...string) string {
		var all []int
		for _, path := range paths {
			response, body := r.send("GET", path, "")
			all = append(all, response.StatusCode)
			if response.StatusCode == 429 && body != `{"message":"Too Many Requests"}` {
				t.Errorf("body %s", body)
			}
		}
		return fmt.Sprint(all)
	}
	t.Run("each route has a bucket of its own", func(t *testing.T) {
		t.Parallel()
		r := start(t, func(in *setup) {
			in.config.Routes = []Route{{Key: "GET /a", Function: "f"}, {Key: "GET /b", Function: "f"}, {Key: "GET /c", Function: "f"}}
			in.config.Stages[0].DefaultThrottle = edge.Limits{Rate: 1, Burst: 1}
			in.config.Stages[0].RouteThrottles = map[string]edge.Limits{"GET /b": {Rate: 1, Burst: 2}}
		})
		if got := statuses(r, "/a", "/a", "/b", "/b", "/b", "/c"); got != "[200 429 200 200 429 200]" {
			t.Errorf("statuses %s", got)
		}
		r.clock.Advance(time.Second)
		if got := statuses(r, "/a"); got != "[200]" {
			t.Errorf("a second later: %s", got)
		}
	})
	t.Run("the account has one for all", func(t *testing.T) {
		t.Parallel()
		r := start(t, func(in *setup) { in.services.AccountLimits = edge.Limits{Rate: 1, Burst: 2} })
		if got := statuses(r, "/a", "/b", "/c"); got != "[200 200 429]" {
			t.Errorf("statuses %s", got)
		}
	})
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
func TestFaults(t *testing.T) {
	t.Parallel()
	t.Run("a request fails as injected", func(t *testing.T) {
		t.Parallel()
		r := start(t, nil)
		r.faults.Set("execute-api/Invoke", edge.Injection{Status: 503})
		if response, body := r.send("GET", "/", ""); response.StatusCode != 503 || body != `{"message":"Service Unavailable"}` {
			t.Errorf("%d %s", response.StatusCode, body)
		}
	})
	t.Run("a dropped request is done, but the client gets no response", func(t *testing.T) {
		t.Parallel()
		r := start(t, nil)
		r.faults.Set("execute-api/Invoke", edge.Injection{Drop: true})
		request, err := http.NewRequest(http.MethodPost, r.server.URL+prefix+"/", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		if response, err := r.server.Client().Do(request); err == nil {
			response.Body.Close()
			t.Error("the client has an answer")
		}
		if n := len(r.invoker.Events("f")); n != 1 {
			t.Errorf("the function ran %d times", n)
		}
	})
}
