package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/api"
)

type schema map[string]any

type document struct {
	Paths map[string]map[string]struct {
		Security  []any
		Responses map[string]struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

func readDocument(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(api.OpenAPI()), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDocumentHasTheRoutesOfTheContract, and says rightly which of them need a token.
func TestDocumentHasTheRoutesOfTheContract(t *testing.T) {
	t.Parallel()
	guarded := append(contract.RoutesSchedule(), contract.RoutesSubscribers()...)
	want := append(append([]string{contract.RouteOpenAPI}, contract.RoutesLinks()...), guarded...)
	var got []string
	for path, operations := range readDocument(t).Paths {
		for method, operation := range operations {
			route := strings.ToUpper(method) + " " + path
			got = append(got, route)
			if (len(operation.Security) > 0) != slices.Contains(guarded, route) {
				t.Errorf("%s: security %v", route, operation.Security)
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestHandlersAnswerAsTheDocumentSays makes calls of every route that end in every status which a handler can give (401 and
// 403 of the authorizer are API Gateway's own), and compares each answer with its schema.
func TestHandlersAnswerAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	a, d := newAPI(t), readDocument(t)
	seen := map[string]bool{}
	a.observe = func(route string, out events.APIGatewayV2HTTPResponse) {
		method, path, _ := strings.Cut(route, " ")
		status := fmt.Sprint(out.StatusCode)
		declared, ok := d.Paths[path][strings.ToLower(method)].Responses[status]
		if !ok {
			t.Errorf("%s answered %s, which is not declared: %s", route, status, out.Body)
			return
		}
		seen[route+" "+status] = true
		content, ok := declared.Content[strings.Split(out.Headers["content-type"], ";")[0]]
		if !ok {
			t.Errorf("%s %s: content type %s is not declared", route, status, out.Headers["content-type"])
			return
		}
		var body any = out.Body
		if strings.Contains(out.Headers["content-type"], "json") {
			if err := json.Unmarshal([]byte(out.Body), &body); err != nil {
				t.Fatal(err)
			}
		}
		for _, fault := range d.check(content.Schema, body, "") {
			t.Errorf("%s %s: %s in %s", route, status, fault, out.Body)
		}
	}
	everyAnswer(a)
	for path, operations := range d.Paths {
		for method, operation := range operations {
			for status := range operation.Responses {
				route := strings.ToUpper(method) + " " + path
				gateways := status == "401" || (status == "403" && len(operation.Security) > 0)
				if !gateways && !seen[route+" "+status] {
					t.Errorf("no call of %s was answered %s", route, status)
				}
			}
		}
	}
}

// everyAnswer makes handlers give all their answers.
func everyAnswer(a *bundle) {
	bad, nowhere := map[string]string{"group": "!", "key": "k", "subscriber": "s"}, map[string]string{"group": "nowhere", "key": strings.Repeat("0", 26), "subscriber": "s"}
	big := strings.Repeat("x", contract.MaxRequestBytes+1)
	email := `{"email":"ada@example.com","name":"Ada","timezone":"Europe/Berlin"}`
	on := a.later(time.Hour)
	repeat := fmt.Sprintf(`{"subject":"s","body":"b","at":"2030-01-01T00:00","timezone":"Europe/Berlin","repeat":{"cron":"0 9 * * *"},"data":{"a":1},"idempotency_key":"k%d"}`, on)
	path, etag := a.scheduled()
	stale := map[string]string{"if-match": `"99"`}
	for _, c := range []call{
		{route: contract.RouteCreate, path: inGroup, body: repeat},
		{route: contract.RouteCreate, path: inGroup, body: strings.Replace(repeat, `"s"`, `"t"`, 1)}, // the key is another's
		{route: contract.RouteCreate, path: inGroup, body: big},
		{route: contract.RouteCreate, path: inGroup, body: "{}"},
		{route: contract.RouteList, path: inGroup},
		{route: contract.RouteList, path: inGroup, query: map[string]string{"status": "sent", "from": "2026-01-01T00:00:00Z", "to": "1900000000000", "limit": "1"}},
		{route: contract.RouteList, path: inGroup, query: map[string]string{"status": "lost"}},
		{route: contract.RouteList, path: inGroup, query: map[string]string{"from": "yesterday"}},
		{route: contract.RouteList, path: inGroup, query: map[string]string{"to": "-1"}},
		{route: contract.RouteList, path: inGroup, query: map[string]string{"limit": "201"}},
		{route: contract.RouteList, path: nowhere},
		{route: contract.RouteGet, path: path},
		{route: contract.RouteGet, path: bad},
		{route: contract.RouteGet, path: nowhere},
		{route: contract.RouteChange, path: path, headers: map[string]string{"if-match": etag}, body: fmt.Sprintf(`{"body":"new","schedule_on":%d}`, on)},
		{route: contract.RouteChange, path: path, headers: stale, body: `{"body":"new"}`},
		{route: contract.RouteChange, path: path, body: `{"channels":[]}`},
		{route: contract.RouteChange, path: path, body: big},
		{route: contract.RouteChange, path: nowhere, body: `{}`},
		{route: contract.RouteResults, path: path},
		{route: contract.RouteResults, path: path, query: map[string]string{"scheduled": "then"}},
		{route: contract.RouteResults, path: nowhere},
		{route: contract.RouteCancel, path: path, headers: stale},
		{route: contract.RouteCancel, path: path},
		{route: contract.RouteCancel, path: path},
		{route: contract.RouteCancel, path: bad},
		{route: contract.RouteCancel, path: nowhere},
		{route: contract.RouteChange, path: path, body: `{}`},
		{route: contract.RouteSubscribe, path: inGroup, body: email},
		{route: contract.RouteSubscribe, path: inGroup, body: email},
		{route: contract.RouteSubscribe, path: inGroup, body: `{"email":"ada"}`},
		{route: contract.RouteSubscribe, path: inGroup, body: big},
		{route: contract.RouteListSubscribers, path: inGroup},
		{route: contract.RouteListSubscribers, path: inGroup, query: map[string]string{"next": "x"}},
		{route: contract.RouteListSubscribers, path: nowhere},
		{route: contract.RouteRemoveSubscriber, path: map[string]string{"group": "g", "subscriber": "ADA@example.com"}},
		{route: contract.RouteRemoveSubscriber, path: map[string]string{"group": "g", "subscriber": "ada@example.com"}},
		{route: contract.RouteRemoveSubscriber, path: bad},
		{route: contract.RouteOpenAPI},
	} {
		a.do(c)
	}
	a.deliverTo(path)
	a.follow(contract.RouteUnsubscribeForm, contract.RouteUnsubscribe, a.links.Unsubscribe)
	a.follow(contract.RouteConfirmForm, contract.RouteConfirm, a.links.Confirm)
	a.fail(path)
}
