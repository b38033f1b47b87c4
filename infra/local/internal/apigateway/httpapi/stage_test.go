package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
	"github.com/hermes-cdk/hermes/infra/local/internal/clock/clocktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	apiID  = "abcdef123"
	prefix = "/_aws/execute-api/" + apiID
	host   = "abcdef123.execute-api.us-east-1.amazonaws.com"
)

var epoch = time.Date(2020, 3, 12, 19, 3, 58, 390e6, time.UTC)

// running is an API with everything around it faked.
type running struct {
	*API
	t       testing.TB
	server  *httptest.Server
	invoker *edgetest.Invoker
	clock   *clocktest.Clock
	meter   *edgetest.Meter
	faults  *edgetest.Faults
}

type setup struct {
	config   Config
	services edge.Services
}

// start runs an API whose stage is $default and whose only route is $default, answered by the function "f".
func start(t testing.TB, change func(*setup)) *running {
	t.Helper()
	r := &running{
		t: t, invoker: edgetest.NewInvoker(), clock: clocktest.New(epoch), meter: &edgetest.Meter{}, faults: &edgetest.Faults{},
	}
	r.invoker.Return("f", `{"ok":true}`)
	in := setup{
		config: Config{APIID: apiID, Routes: []Route{{Key: "$default", Function: "f"}}, Stages: []Stage{{Name: "$default"}}},
		services: edge.Services{
			Account: edge.Account{ID: "123456789012"}, Invoker: r.invoker, Clock: r.clock, Meter: r.meter, Faults: r.faults,
		},
	}
	if change != nil {
		change(&in)
	}
	services, err := in.services.WithDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if r.API, err = New(in.config, services); err != nil {
		t.Fatal(err)
	}
	r.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.Serve(w, q, strings.TrimPrefix(q.URL.EscapedPath(), prefix))
	}))
	t.Cleanup(r.server.Close)
	return r
}

// routes makes each key a route to a function of the same name.
func routes(keys ...string) []Route {
	var all []Route
	for _, key := range keys {
		all = append(all, Route{Key: key, Function: key})
	}
	return all
}

// send makes a request; headers are "Name: value".
func (r *running) send(method, path, body string, headers ...string) (*http.Response, string) {
	r.t.Helper()
	request, err := http.NewRequest(method, r.server.URL+prefix+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		request.Header.Add(name, value)
	}
	response, err := r.server.Client().Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response, string(text)
}

// event returns what a function was asked last.
func (r *running) event(function string) map[string]any {
	r.t.Helper()
	events := r.invoker.Events(function)
	if len(events) == 0 {
		r.t.Fatalf("%s was not asked", function)
	}
	var v map[string]any
	if err := json.Unmarshal(events[len(events)-1], &v); err != nil {
		r.t.Fatal(err)
	}
	return v
}
