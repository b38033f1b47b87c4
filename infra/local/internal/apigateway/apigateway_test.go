package apigateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	client "github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/httpapi"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/websocket"
	"github.com/hermes-cdk/hermes/infra/local/internal/clock/clocktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, services edge.Services) (*Gateway, *httptest.Server, *edgetest.Invoker) {
	t.Helper()
	invoker := edgetest.NewInvoker().Return("f", `{"statusCode":200,"body":"hello"}`)
	services.Invoker = invoker
	services.Authorize = func(*http.Request, []byte, string, string) (edge.Caller, error) { return edge.Caller{}, nil }
	g, err := New(services)
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.AddWebSocket(websocket.Config{APIID: "ws1", Stage: "prod", Routes: map[string]websocket.Route{
		"$connect": {Function: "f"}, "$disconnect": {Function: "f"}, "$default": {Function: "f", RouteResponse: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.AddHTTP(httpapi.Config{APIID: "http1", Stages: []httpapi.Stage{{Name: "$default"}}, Routes: []httpapi.Route{{Key: "GET /a b", Function: "f"}}})
	if !errors.Is(err, httpapi.ErrRouteKey) {
		t.Fatalf("error %v", err)
	}
	_, err = g.AddHTTP(httpapi.Config{APIID: "http1", Stages: []httpapi.Stage{{Name: "$default"}}, Routes: []httpapi.Route{{Key: "GET /{x}", Function: "f"}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := g.Drain(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return g, server, invoker
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestAPIsAreToldApartByID(t *testing.T) {
	t.Parallel()
	_, server, invoker := start(t, edge.Services{})
	conn, _, err := client.Dial(t.Context(), server.URL+"/_aws/execute-api/ws1/prod", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(t.Context(), client.MessageText, []byte("hi")); err != nil {
		t.Fatal(err)
	}
	if _, message, err := conn.Read(t.Context()); string(message) != "hello" || err != nil {
		t.Errorf("heard %q, %v", message, err)
	}
	if status, body := get(t, server.URL+"/_aws/execute-api/http1/a%2Fb"); status != 200 || body != "hello" {
		t.Errorf("%d %s", status, body)
	}
	events := invoker.Events("f")
	if event := string(events[len(events)-1]); !strings.Contains(event, `"pathParameters":{"x":"a/b"}`) {
		t.Errorf("event %s", event)
	}
	for _, path := range []string{"/_aws/execute-api/none/prod", "/_aws/execute-api/", "/elsewhere"} {
		if status, body := get(t, server.URL+path); status != 404 || body != `{"message":"Not Found"}` {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
func TestAPIsShareTheAccountsThrottle(t *testing.T) {
	t.Parallel()
	_, server, _ := start(t, edge.Services{AccountLimits: edge.Limits{Rate: 0.001, Burst: 2}})
	conn, _, err := client.Dial(t.Context(), server.URL+"/_aws/execute-api/ws1/prod", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if status, _ := get(t, server.URL+"/_aws/execute-api/http1/a"); status != 200 {
		t.Errorf("%d", status)
	}
	if status, body := get(t, server.URL+"/_aws/execute-api/http1/a"); status != 429 || body != `{"message":"Too Many Requests"}` {
		t.Errorf("%d %s", status, body)
	}
	response, err := http.Post(server.URL+"/_aws/execute-api/ws1/prod/@connections/AAAAAAAAAAAAAAA=", "", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 429 || response.Header.Get("X-Amzn-Errortype") != "LimitExceededException" {
		t.Errorf("%d %v", response.StatusCode, response.Header)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	if _, err := New(edge.Services{}); err == nil || err.Error() != "gateway: new: no invoker given" {
		t.Errorf("error %v", err)
	}
	g, _, _ := start(t, edge.Services{})
	for _, add := range []func() error{
		func() error { _, err := g.AddHTTP(httpapi.Config{APIID: "ws1"}); return err },
		func() error { _, err := g.AddWebSocket(websocket.Config{APIID: "ws1"}); return err },
	} {
		if err := add(); err == nil || err.Error() != "gateway: add ws1: API id is used twice" || !errors.Is(err, ErrDuplicateAPI) {
			t.Errorf("error %v", err)
		}
	}
	_, err := g.AddWebSocket(websocket.Config{APIID: "ws2"})
	if err == nil || err.Error() != "gateway: add: websocket: new ws2: stage is missing" {
		t.Errorf("error %v", err)
	}
}

func TestDrainRunsDisconnect(t *testing.T) {
	t.Parallel()
	g, server, invoker := start(t, edge.Services{})
	conn, _, err := client.Dial(t.Context(), server.URL+"/_aws/execute-api/ws1/prod", nil)
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan client.StatusCode, 1)
	go func() {
		_, _, err := conn.Read(context.Background())
		closed <- client.CloseStatus(err)
	}()
	if err := g.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := <-closed; code != 1001 {
		t.Errorf("closed with %d", code)
	}
	events := invoker.Events("f")
	if event := string(events[len(events)-1]); !strings.Contains(event, `"disconnectStatusCode":1001`) {
		t.Errorf("event %s", event)
	}
}

func TestAPostponedAPIIsNotFound(t *testing.T) {
	t.Parallel()
	clock := clocktest.New(time.Unix(0, 0))
	g, server, _ := start(t, edge.Services{Clock: clock})
	g.Postpone("http1", 3*time.Second)
	if status, body := get(t, server.URL+Prefix+"http1/x"); status != http.StatusNotFound || body != `{"message":"Not Found"}` {
		t.Errorf("before its deployment: %d %s", status, body)
	}
	clock.Advance(3 * time.Second)
	if status, body := get(t, server.URL+Prefix+"http1/x"); status != http.StatusOK || body != "hello" {
		t.Errorf("after its deployment: %d %s", status, body)
	}
}
