package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/api"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedulertest"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// keys is a source of fixed keys, until it fails.
type keys struct {
	keys token.Keys
	fail error
}

func (k *keys) Keys(context.Context) (token.Keys, error)    { return k.keys, k.fail }
func (k *keys) Refresh(context.Context) (token.Keys, error) { return k.keys, k.fail }

// A bundle is both functions of the API, over a simulation.
type bundle struct {
	t     testing.TB
	sim   *schedulertest.Simulation
	links subscribers.Links
	keys  *keys
	log   *bytes.Buffer
	// observe, if set, sees each call.
	observe func(route string, out events.APIGatewayV2HTTPResponse)

	schedule, subscribers api.Handler
}

func newAPI(t testing.TB) *bundle {
	t.Helper()
	sim := schedulertest.New()
	a := &bundle{t: t, sim: sim, log: &bytes.Buffer{}, keys: &keys{keys: token.Keys{Signing: []byte(strings.Repeat("k", 64))}}}
	log := slog.New(slog.NewTextHandler(a.log, nil))
	a.links = subscribers.Links{Keys: a.keys, Base: "https://api.example.com"}
	a.schedule = api.Schedule(sim.Service, log)
	a.subscribers = api.Subscribers(&subscribers.Register{
		Store: sim.Subscribers, Groups: sim.Messages, Links: a.links, Now: sim.Clock.Now, Log: log,
	}, log)
	return a
}

// A call is a request, as far as handlers look at it.
type call struct {
	route   string
	path    map[string]string
	query   map[string]string
	headers map[string]string
	body    string
}

// do makes a call and gives status, headers and the JSON of the answer.
func (a *bundle) do(c call) (int, map[string]string, map[string]any) {
	a.t.Helper()
	handler := a.schedule
	if strings.Contains(c.route, "subscribe") || strings.Contains(c.route, "confirm") {
		handler = a.subscribers
	}
	out, err := handler(context.Background(), events.APIGatewayV2HTTPRequest{
		RouteKey: c.route, PathParameters: c.path, QueryStringParameters: c.query, Headers: c.headers, Body: c.body,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	if a.observe != nil {
		a.observe(c.route, out)
	}
	var body map[string]any
	if strings.Contains(out.Headers["content-type"], "json") {
		if err := json.Unmarshal([]byte(out.Body), &body); err != nil {
			a.t.Fatalf("%s answered %s: %v", c.route, out.Body, err)
		}
	}
	return out.StatusCode, out.Headers, body
}
