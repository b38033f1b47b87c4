package httpapi

import (
	"fmt"
	"testing"
	"time"
)

func TestAuthorizerAnswersAreCached(t *testing.T) {
	t.Parallel()
	shared := func(a Authorizer) func(*setup) {
		a.Function, a.TTL = "authorize", time.Minute
		return func(in *setup) {
			in.config.Routes = nil
			for _, key := range []string{"GET /a", "GET /b"} {
				in.config.Routes = append(in.config.Routes, Route{Key: key, Function: "f", Authorization: AuthorizationCustom, Authorizer: &a})
			}
		}
	}
	asked := func(r *running) int { return len(r.invoker.Events("authorize")) }
	t.Run("for all routes, by the identity sources, until they expire", func(t *testing.T) {
		t.Parallel()
		r := start(t, shared(simple))
		r.invoker.Return("authorize", `{"isAuthorized":true}`)
		for i, step := range []struct {
			path, token string
			wait        time.Duration
			asked       int
		}{
			{"/a", "1", 0, 1},
			{"/a", "1", 59 * time.Second, 1},
			{"/b", "1", 0, 1},
			{"/a", "2", 0, 2},
			{"/a", "1", time.Second, 3},
		} {
			r.clock.Advance(step.wait)
			if response, _ := r.send("GET", step.path, "", "Authorization: "+step.token); response.StatusCode != 200 || asked(r) != step.asked {
				t.Errorf("step %d: %d, asked %d times, want %d", i, response.StatusCode, asked(r), step.asked)
			}
		}
	})
	t.Run("a refusal too", func(t *testing.T) {
		t.Parallel()
		r := start(t, shared(simple))
		r.invoker.Return("authorize", `{"isAuthorized":false}`)
		for range 2 {
			if response, _ := r.send("GET", "/a", "", "Authorization: t"); response.StatusCode != 403 {
				t.Errorf("%d", response.StatusCode)
			}
		}
		if asked(r) != 1 {
			t.Errorf("asked %d times", asked(r))
		}
	})
	t.Run("an error is not", func(t *testing.T) {
		t.Parallel()
		r := start(t, shared(simple))
		r.invoker.Throw("authorize", "oops")
		r.send("GET", "/a", "", "Authorization: t")
		r.invoker.Return("authorize", `{"isAuthorized":true}`)
		if response, _ := r.send("GET", "/a", "", "Authorization: t"); response.StatusCode != 200 {
			t.Errorf("%d", response.StatusCode)
		}
	})
	t.Run("a cached policy is evaluated for each route", func(t *testing.T) {
		t.Parallel()
		r := start(t, shared(iam2))
		r.invoker.Return("authorize", policyAnswer("Allow", "*/GET/a"))
		a, _ := r.send("GET", "/a", "", "Authorization: t")
		b, _ := r.send("GET", "/b", "", "Authorization: t")
		if a.StatusCode != 200 || b.StatusCode != 403 || asked(r) != 1 {
			t.Errorf("%d %d, asked %d times", a.StatusCode, b.StatusCode, asked(r))
		}
	})
	t.Run("per route with $context.routeKey", func(t *testing.T) {
		t.Parallel()
		r := start(t, shared(Authorizer{SimpleResponses: true, IdentitySources: []string{"$request.header.Authorization", "$context.routeKey"}}))
		r.invoker.Return("authorize", `{"isAuthorized":true}`)
		for _, path := range []string{"/a", "/b", "/a"} {
			r.send("GET", path, "", "Authorization: t")
		}
		if asked(r) != 2 {
			t.Errorf("asked %d times", asked(r))
		}
	})
	t.Run("old answers are swept", func(t *testing.T) {
		t.Parallel()
		c := newCache(time.Minute)
		for i := range sweepAbove {
			c.put(fmt.Sprint(i), verdict{}, epoch)
		}
		c.put("new", verdict{allowed: true}, epoch.Add(time.Hour))
		if v, hit := c.get("new", epoch.Add(time.Hour)); len(c.entries) != 1 || !hit || !v.allowed {
			t.Errorf("%d entries", len(c.entries))
		}
	})
	t.Run("no value passes for two", func(t *testing.T) {
		t.Parallel()
		if cacheKey("s", []string{"a", "b"}) == cacheKey("s", []string{"a1:b"}) || cacheKey("s", []string{"ab", ""}) == cacheKey("s", []string{"a", "b"}) {
			t.Error("two identities share a key")
		}
	})
}
