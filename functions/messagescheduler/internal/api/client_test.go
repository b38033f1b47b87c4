package api_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/client"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/api"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/bearer"
)

// gateway stands for API Gateway: it finds the route, asks the authorizer, and makes an event of the request.
func (a *bundle) gateway(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	authorize := api.Authorize(&bearer.Verifier{Keys: a.keys, Now: a.sim.Clock.Now}, log)
	for _, route := range append(contract.RoutesSchedule(), contract.RoutesSubscribers()...) {
		handler := a.schedule
		if strings.Contains(route, "/subscribers") {
			handler = a.subscribers
		}
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			parameters, headers, query := map[string]string{}, map[string]string{}, map[string]string{}
			for _, name := range []string{"group", "key", "subscriber"} {
				parameters[name] = r.PathValue(name)
			}
			for name := range r.Header {
				headers[strings.ToLower(name)] = r.Header.Get(name)
			}
			for name := range r.URL.Query() {
				query[name] = r.URL.Query().Get(name)
			}
			decision, err := authorize(r.Context(), events.APIGatewayV2CustomAuthorizerV2Request{RouteKey: route, PathParameters: parameters, Headers: headers})
			if err != nil || !decision.IsAuthorized {
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, `{"message":"Forbidden"}`)
				return
			}
			body, _ := io.ReadAll(r.Body)
			out, _ := handler(r.Context(), events.APIGatewayV2HTTPRequest{
				RouteKey: route, PathParameters: parameters, QueryStringParameters: query, Headers: headers, Body: string(body),
			})
			for name, value := range out.Headers {
				w.Header().Set(name, value)
			}
			w.WriteHeader(out.StatusCode)
			_, _ = io.WriteString(w, out.Body)
		})
	}
	return mux
}

// TestTheClientWorksWithTheAPI takes a message through its life with client.Scheduler.
func TestTheClientWorksWithTheAPI(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	server := httptest.NewServer(a.gateway(slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	scheduler := func(groups ...string) *client.Scheduler {
		s, err := client.NewScheduler(client.SchedulerConfig{URL: server.URL, Keys: &client.Keys{SigningKey: strings.Repeat("k", 64)}},
			client.WithSchedulerClock(a.sim.Clock.Now), client.WithGroups(groups...), client.WithSchedulerBackoff(time.Microsecond, time.Microsecond))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	ctx, s := t.Context(), scheduler(client.AllGroups)
	if _, err := scheduler("other").Get(ctx, "g", "k"); !errors.Is(err, client.ErrUnauthorized) {
		t.Errorf("another group's token: %v", err)
	}
	if _, err := s.List(ctx, "g", client.ListRequest{}); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("unknown group: %v", err)
	}
	ada, err := s.Subscribe(ctx, "g", client.Subscriber{Email: "ada+x@example.com", Name: "Ada"})
	if err != nil || ada.Status != "active" || ada.ID == "" {
		t.Fatalf("got %+v, %v", ada, err)
	}
	due := a.sim.Clock.Now().Add(time.Hour)
	m, err := s.Schedule(ctx, "g", client.ScheduleRequest{Subject: "s", Body: "b", ScheduleOn: due, Data: map[string]int{"n": 1}})
	if err != nil || !m.Scheduled.Equal(due) || m.ETag == "" {
		t.Fatalf("got %+v, %v", m, err)
	}
	text := "<p>new</p>"
	changed, err := s.Change(ctx, "g", m.Key, m.ETag, client.ChangeRequest{Body: &text})
	if err != nil || changed.ETag == m.ETag {
		t.Fatalf("got %+v, %v", changed, err)
	}
	if _, err := s.Cancel(ctx, "g", m.Key, m.ETag); !errors.Is(err, client.ErrETag) {
		t.Errorf("an old ETag: %v", err)
	}
	if got, err := s.Get(ctx, "g", m.Key); err != nil || got.Body != text || string(got.Data) != `{"n":1}` || got.ETag != changed.ETag {
		t.Errorf("got %+v, %v", got, err)
	}
	for n := range 4 {
		if _, err := s.Schedule(ctx, "g", client.ScheduleRequest{Subject: fmt.Sprint(n), Body: "b", ScheduleOn: due.Add(time.Duration(n) * time.Minute)}); err != nil {
			t.Fatal(err)
		}
	}
	seen, next := 0, ""
	for {
		page, err := s.List(ctx, "g", client.ListRequest{Status: "scheduled", To: due.Add(3 * time.Minute), Limit: 2, Next: next})
		if err != nil {
			t.Fatal(err)
		}
		if seen, next = seen+len(page.Messages), page.Next; next == "" {
			break
		}
	}
	if seen != 4 {
		t.Errorf("listed %d", seen)
	}
	a.sim.Until(due.Add(time.Hour))
	results, err := s.Results(ctx, "g", m.Key, time.Time{}, 0, "")
	if err != nil || len(results.Results) != 1 || results.Results[0].Status != "sent" || results.Results[0].Subscriber != ada.ID {
		t.Errorf("got %+v, %v", results, err)
	}
	if _, err := s.Cancel(ctx, "g", m.Key, ""); !errors.Is(err, client.ErrTooLate) {
		t.Errorf("too late: %v", err)
	}
	if err := s.RemoveSubscriber(ctx, "g", "ada+x@example.com"); err != nil {
		t.Error(err)
	}
	var invalid *client.APIError
	if _, err := s.Schedule(ctx, "g", client.ScheduleRequest{Subject: "s", Body: "b", At: "x"}); !errors.As(err, &invalid) || invalid.Field != "at" || invalid.Value != "x" {
		t.Errorf("got %v", err)
	}
}
