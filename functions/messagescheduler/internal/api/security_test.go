package api_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/api"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// verify is a Verifier.
type verify func(header, group string) error

func (v verify) Verify(_ context.Context, header, group string) error { return v(header, group) }

func TestAuthorize(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for _, c := range []struct {
		name       string
		verified   error
		authorized bool
		failed     error
	}{
		{"a good token is authorized", nil, true, nil},
		{"a refused one is not, which is no failure", token.Refuse(token.ErrExpired), false, nil},
		{"nobody is while the keys cannot be read", down, false, down},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			authorize := api.Authorize(verify(func(header, group string) error {
				if header != "Bearer t" || group != "g" {
					t.Errorf("verified %q for group %q", header, group)
				}
				return c.verified
			}), slog.New(slog.DiscardHandler))
			got, err := authorize(t.Context(), events.APIGatewayV2CustomAuthorizerV2Request{
				PathParameters: map[string]string{"group": "g"}, Headers: map[string]string{"authorization": "Bearer t"},
			})
			if got.IsAuthorized != c.authorized || !errors.Is(err, c.failed) || (err == nil) != (c.failed == nil) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	t.Run("a long group makes no long line of the log", func(t *testing.T) {
		t.Parallel()
		var log strings.Builder
		authorize := api.Authorize(verify(func(string, string) error { return token.Refuse(token.ErrMissing) }), logging.New(&log, "authorize", ""))
		_, _ = authorize(t.Context(), events.APIGatewayV2CustomAuthorizerV2Request{PathParameters: map[string]string{"group": strings.Repeat("g", 1<<20)}})
		if log.Len() == 0 || log.Len() > 4<<10 {
			t.Errorf("logged %d bytes", log.Len())
		}
	})
}

func TestAnswersAreInNoCache(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, c := range []call{{route: contract.RouteList, path: inGroup}, {route: contract.RouteUnsubscribeForm}, {route: "GET /nowhere"}} {
		if _, headers, _ := a.do(c); headers["cache-control"] != "no-store" {
			t.Errorf("%s: got %v", c.route, headers)
		}
	}
}

func TestAPageHasAnEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for limit, want := range map[string]int{"1": 200, "200": 200, "201": 400, "0": 400, "-1": 400, "ten": 400} {
		a.scheduled()
		status, _, body := a.do(call{route: contract.RouteList, path: inGroup, query: map[string]string{"limit": limit}})
		if status != want || want == 400 && (body["field"] != "limit" || body["rule"] != "from 1 to 200") {
			t.Errorf("%s: got %d %v", limit, status, body)
		}
	}
}

// The pages that links in mails open are the only HTML.
func TestPagesShowTextAndRunNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const group = `<img src=x onerror="alert(1)">`
	ada := subscribers.Subscriber{Group: group, ID: strings.Repeat("0", 32), Email: "ada@example.com", Status: subscribers.StatusActive, CreatedAt: a.sim.Clock.Now()}
	if _, _, err := a.sim.Subscribers.Add(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	link, err := a.links.Unsubscribe(t.Context(), group, ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	query := map[string]string{}
	for name := range request.URL.Query() {
		query[name] = request.URL.Query().Get(name)
	}
	for _, route := range []string{contract.RouteUnsubscribeForm, contract.RouteUnsubscribe} {
		out, err := a.subscribers(t.Context(), events.APIGatewayV2HTTPRequest{RouteKey: route, QueryStringParameters: query})
		if err != nil || out.StatusCode != 200 || strings.Contains(out.Body, "<img") || !strings.Contains(out.Body, "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;") {
			t.Errorf("%s: got %d %s, %v", route, out.StatusCode, out.Body, err)
		}
		for name, want := range map[string]string{
			"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
			"referrer-policy":         "no-referrer", "cache-control": "no-store", "content-type": "text/html; charset=utf-8",
		} {
			if out.Headers[name] != want {
				t.Errorf("%s: %s is %q", route, name, out.Headers[name])
			}
		}
		query["signature"] += "x"
		if out, _ := a.subscribers(t.Context(), events.APIGatewayV2HTTPRequest{RouteKey: route, QueryStringParameters: query}); out.StatusCode != http.StatusForbidden {
			t.Errorf("%s with a forged signature: %d", route, out.StatusCode)
		}
		query["signature"] = strings.TrimSuffix(query["signature"], "x")
	}
}
