package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

var inGroup = map[string]string{"group": "g"}

// later is a due time in the future, as the API takes it.
func (a *bundle) later(d time.Duration) int64 { return a.sim.Clock.Now().Add(d).UnixMilli() }

// scheduled schedules a message due in an hour and gives its path and ETag.
func (a *bundle) scheduled() (path map[string]string, etag string) {
	a.t.Helper()
	status, headers, body := a.do(call{route: contract.RouteCreate, path: inGroup, body: fmt.Sprintf(`{"subject":"s","body":"b","schedule_on":%d}`, a.later(time.Hour))})
	details, _ := body["details"].(map[string]any)
	key, _ := details["key"].(string)
	if status != http.StatusOK || key == "" {
		a.t.Fatalf("got %d %v", status, body)
	}
	return map[string]string{"group": "g", "key": key}, headers["etag"]
}

func TestTheClassicRequestIsAnsweredAsItAlwaysWas(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	on := a.later(time.Hour)
	status, _, body := a.do(call{route: contract.RouteCreate, path: inGroup, body: fmt.Sprintf(`{"subject":"Hello","body":"Simulation","schedule_on":%d}`, on)})
	details, _ := body["details"].(map[string]any)
	if status != 200 || body["message"] != "Message scheduled successfully" || len(body) != 2 || len(details) != 4 ||
		details["group"] != "g" || details["subject"] != "Hello" || details["scheduled"] != float64(on) || details["key"] == "" {
		t.Errorf("got %d %v", status, body)
	}
}

func TestBadInputNamesFieldValueAndRule(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	now := a.sim.Clock.Now()
	for _, c := range []struct{ body, field, value, rule string }{
		{`[]`, "body", "[]", "the request is one JSON object"},
		{`{"body":"b"`, "body", `{"body":"b"`, "the request is one JSON object"},
		{`{"body":"b","schedule_on":1}`, "subject", "", "is required"},
		{`{"subject":"","body":"b"}`, "subject", "", "from 1 to 998 characters"},
		{`{"subject":7,"body":"b"}`, "subject", "7", "a string"},
		{`{"subject":"a\nb","body":"b"}`, "subject", "a\nb", "one line of text"},
		{`{"subject":"s","schedule_on":1}`, "body", "", "is required"},
		{`{"subject":"s","body":""}`, "body", "", "must not be empty"},
		{`{"subject":"s","body":"b"}`, "schedule_on", "", "schedule_on (milliseconds since the epoch), at or repeat is required"},
		{`{"subject":"s","body":"b","schedule_on":"soon"}`, "schedule_on", `"soon"`, "a whole number"},
		{`{"subject":"s","body":"b","schedule_on":1.5}`, "schedule_on", "1.5", "a whole number"},
		{fmt.Sprintf(`{"subject":"s","body":"b","schedule_on":%d}`, now.Add(-301*time.Second).UnixMilli()), "schedule_on", fmt.Sprint(now.Add(-301 * time.Second).UnixMilli()), "at most 5m0s in the past"},
		{`{"subject":"s","body":"b","schedule_on":9000000000000}`, "schedule_on", "9000000000000", "at most ten years ahead"},
		{`{"subject":"s","body":"b","schedule_on":1,"at":"2030-01-01T00:00:00Z"}`, "at", "2030-01-01T00:00:00Z", "either schedule_on or at, not both"},
		{`{"subject":"s","body":"b","at":"tomorrow"}`, "at", "tomorrow", "RFC 3339 with an offset, or a local time with timezone"},
		{`{"subject":"s","body":"b","at":"2030-01-01T00:00"}`, "at", "2030-01-01T00:00", "RFC 3339 with an offset, or a local time with timezone"},
		{`{"subject":"s","body":"b","at":"2030-01-01T00:00","timezone":"Mars/Base"}`, "timezone", "Mars/Base", "a name of the IANA time zone database, such as Europe/Berlin"},
		{`{"subject":"s","body":"b","at":"2030-01-01T00:00:00+05:00","timezone":"Europe/Berlin"}`, "at", "2030-01-01T00:00:00+05:00", "the offset must be the time zone's at that time"},
		{`{"subject":"s","body":"b","repeat":"every day"}`, "repeat.cron", "every day", `not a cron expression: "every day" has 2 fields, not minute, hour, day of month, month, day of week`},
		{`{"subject":"s","body":"b","repeat":{"rrule":"FREQ=SECONDLY"}}`, "repeat.rrule", "FREQ=SECONDLY", `repeats more often than once a minute: "FREQ=SECONDLY"`},
		{`{"subject":"s","body":"b","repeat":{"cron":"0 0 30 2 *"}}`, "repeat", "0 0 30 2 *", "has no occurrence within ten years and before its end"},
		{`{"subject":"s","body":"b","repeat":{"cron":"0 9 * * *","rrule":"FREQ=DAILY"}}`, "repeat", `{"cron":"0 9 * * *","rrule":"FREQ=DAILY"}`, "one of cron and rrule"},
		{`{"subject":"s","body":"b","repeat":{"cron":"0 9 * * *","count":0}}`, "repeat.count", "0", "from 1 to 1000000"},
		{`{"subject":"s","body":"b","repeat":{"cron":"0 9 * * *","until":"never"}}`, "repeat.until", "never", "RFC 3339 with an offset, or a local time with timezone"},
		{`{"subject":"s","body":"b","repeat":{"cron":"0 9 * * *","timezone":"X"}}`, "repeat.timezone", "X", "a name of the IANA time zone database, such as Europe/Berlin"},
		{`{"subject":"s","body":"b","repeat":7}`, "repeat", "7", "a rule as text, or an object with cron or rrule"},
		{`{"subject":"s","body":"b","channels":["fax"]}`, "channels", `["fax"]`, `a list of "email" and "hub", each once`},
		{`{"subject":"s","body":"b","channels":["hub","hub"]}`, "channels", `["hub","hub"]`, `a list of "email" and "hub", each once`},
		{`{"subject":"s","body":"b","format":"rtf"}`, "format", "rtf", "one of text, html"},
		{`{"subject":"s","body":"b","idempotency_key":""}`, "idempotency_key", "", "from 1 to 128 characters"},
	} {
		status, _, body := a.do(call{route: contract.RouteCreate, path: inGroup, body: c.body})
		if status != 400 || body["field"] != c.field || body["value"] != c.value || body["rule"] != c.rule {
			t.Errorf("%s: got %d %v", c.body, status, body)
		}
	}
	for _, group := range []string{"", "a/b", "-a", strings.Repeat("g", 129), "unsubscribe", "#progress"} {
		status, _, body := a.do(call{route: contract.RouteCreate, path: map[string]string{"group": group}, body: fmt.Sprintf(`{"subject":"s","body":"b","schedule_on":%d}`, a.later(time.Hour))})
		if status != 400 || body["field"] != "group" {
			t.Errorf("group %q: got %d %v", group, status, body)
		}
	}
	status, _, body := a.do(call{route: contract.RouteCreate, path: inGroup, body: `{"subject":"s","body":"b","data":"` + strings.Repeat("x", 31*1024) + `"}`})
	if status != 400 || body["field"] != "data" || len(body["value"].(string)) > 103 {
		t.Errorf("data: got %d %.300v", status, body)
	}
}

func TestSizeIsLimitedAboveFiveMegabytes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	ask := func(n int) int {
		status, _, _ := a.do(call{route: contract.RouteCreate, path: inGroup, body: fmt.Sprintf(`{"subject":"s","schedule_on":%d,"body":"%s"}`, a.later(time.Hour), strings.Repeat("x", n))})
		return status
	}
	for n, want := range map[int]int{5_000_000: 200, 5 << 20: 200, 5<<20 + 1: 413, 6 << 20: 413} {
		if got := ask(n); got != want {
			t.Errorf("%d bytes: got %d", n, got)
		}
	}
}

func TestIdempotencyKeySchedulesOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	ask := func(subject string) (int, any) {
		status, _, body := a.do(call{route: contract.RouteCreate, path: inGroup, body: fmt.Sprintf(`{"subject":%q,"body":"b","schedule_on":1700003600000,"idempotency_key":"k"}`, subject)})
		details, _ := body["details"].(map[string]any)
		return status, details["key"]
	}
	_, first := ask("s")
	if status, second := ask("s"); status != 200 || second != first {
		t.Errorf("got %d %v, not %v", status, second, first)
	}
	if status, _ := ask("other"); status != 409 {
		t.Errorf("another message: got %d", status)
	}
	if names := a.sim.Contents.Names(); len(names) != 1 {
		t.Errorf("wrote %v", names)
	}
}

func TestWritersAreKeptApartByETag(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	path, etag := a.scheduled()
	change := func(tag string) (int, map[string]string) {
		status, headers, _ := a.do(call{route: contract.RouteChange, path: path, headers: map[string]string{"if-match": tag}, body: `{"subject":"new"}`})
		return status, headers
	}
	status, headers := change(etag)
	if status != 200 || headers["etag"] == etag {
		t.Fatalf("got %d %v", status, headers)
	}
	if status, _ := change(etag); status != 412 {
		t.Errorf("changed with an old ETag: %d", status)
	}
	if status, _, _ := a.do(call{route: contract.RouteCancel, path: path, headers: map[string]string{"if-match": etag}}); status != 412 {
		t.Errorf("cancelled with an old ETag: %d", status)
	}
	if status, _ := change(`"x", ` + headers["etag"]); status != 200 {
		t.Errorf("one of two ETags: %d", status)
	}
	if status, _, _ := a.do(call{route: contract.RouteCancel, path: path}); status != 200 {
		t.Errorf("cancelled without an ETag: %d", status)
	}
	if status, _, body := a.do(call{route: contract.RouteCancel, path: path}); status != 409 || !strings.Contains(body["message"].(string), "the message is finished: it is cancelled") {
		t.Errorf("cancelled twice: %d %v", status, body)
	}
}

func TestOneClickUnsubscribes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	_, _, body := a.do(call{route: contract.RouteSubscribe, path: inGroup, body: `{"email":"ada@example.com"}`})
	id := body["details"].(map[string]any)["subscriber"].(string)
	link, err := a.links.Unsubscribe(t.Context(), "g", id)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	query := map[string]string{}
	for name := range parsed.Query() {
		query[name] = parsed.Query().Get(name)
	}
	status := func() string {
		s, _, _ := a.sim.Subscribers.Get(t.Context(), "g", id)
		return s.Status
	}
	if got, _, _ := a.do(call{route: contract.RouteUnsubscribeForm, query: query}); got != 200 || status() != subscribers.StatusActive {
		t.Errorf("opening the link: %d, %s", got, status())
	}
	if got, _, _ := a.do(call{route: contract.RouteConfirm, query: query}); got != 403 {
		t.Errorf("the link of another purpose: %d", got)
	}
	for range 2 {
		if got, _, _ := a.do(call{route: contract.RouteUnsubscribe, query: query, body: "List-Unsubscribe=One-Click"}); got != 200 || status() != subscribers.StatusUnsubscribed {
			t.Errorf("one click: %d, %s", got, status())
		}
	}
	query["subscriber"] = strings.Repeat("0", 32)
	if got, _, _ := a.do(call{route: contract.RouteUnsubscribe, query: query}); got != 403 {
		t.Errorf("another's link: %d", got)
	}
	if _, _, body := a.do(call{route: contract.RouteSubscribe, path: inGroup, body: `{"email":"Ada@Example.com"}`}); body["details"].(map[string]any)["status"] != subscribers.StatusUnsubscribed {
		t.Errorf("an import brought them back: %v", body)
	}
}
