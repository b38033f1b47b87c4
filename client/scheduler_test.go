package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var schedulerKeys = &Keys{SigningKey: strings.Repeat("k", 64)}

// schedulerOf returns a Scheduler that talks to a handler, and does not wait between tries.
func schedulerOf(t *testing.T, handler http.HandlerFunc, opts ...SchedulerOption) *Scheduler {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	opts = append([]SchedulerOption{WithSchedulerBackoff(time.Microsecond, time.Microsecond)}, opts...)
	s, err := NewScheduler(SchedulerConfig{URL: server.URL + "/", Keys: schedulerKeys}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchedulerMakesTheRequestsOfTheAPI(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_800_000_000_123)
	subject := "new"
	for _, c := range []struct {
		name, want string
		do         func(context.Context, *Scheduler) error
	}{
		{"schedule", `POST /g:1/schedule  {"subject":"s","body":"b","idempotency_key":"k","schedule_on":1800000000123}`, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Schedule(ctx, "g:1", ScheduleRequest{Subject: "s", Body: "b", ScheduleOn: at, IdempotencyKey: "k"})
			return err
		}},
		{"schedule a repeat", `POST /g/schedule  {"subject":"s","body":"b","timezone":"Europe/Berlin","repeat":{"cron":"0 9 * * *","count":3},"idempotency_key":"k","channels":["hub"],"data":{"a":1}}`, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Schedule(ctx, "g", ScheduleRequest{
				Subject: "s", Body: "b", Timezone: "Europe/Berlin", Repeat: &Repeat{Cron: "0 9 * * *", Count: 3}, IdempotencyKey: "k",
				Channels: []string{"hub"}, Data: map[string]int{"a": 1},
			})
			return err
		}},
		{"change", `PUT /g/schedule/k "3" {"subject":"new"}`, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Change(ctx, "g", "k", `"3"`, ChangeRequest{Subject: &subject})
			return err
		}},
		{"end a repeat", `PUT /g/schedule/k  {"repeat":null}`, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Change(ctx, "g", "k", "", ChangeRequest{EndRepeat: true})
			return err
		}},
		{"cancel", `DELETE /g/schedule/k "3" `, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Cancel(ctx, "g", "k", `"3"`)
			return err
		}},
		{"get", `GET /g/schedule/k  `, func(ctx context.Context, s *Scheduler) error { _, err := s.Get(ctx, "g", "k"); return err }},
		{"list", `GET /g/schedule?from=1800000000123&limit=5&next=n&status=sent  `, func(ctx context.Context, s *Scheduler) error {
			_, err := s.List(ctx, "g", ListRequest{Status: "sent", From: at, Limit: 5, Next: "n"})
			return err
		}},
		{"results", `GET /g/schedule/k/results?scheduled=1800000000123  `, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Results(ctx, "g", "k", at, 0, "")
			return err
		}},
		{"subscribe", `POST /g/subscribers  {"email":"ada@example.com","name":"","timezone":""}`, func(ctx context.Context, s *Scheduler) error {
			_, err := s.Subscribe(ctx, "g", Subscriber{Email: "ada@example.com"})
			return err
		}},
		{"subscribers", `GET /g/subscribers  `, func(ctx context.Context, s *Scheduler) error { _, err := s.Subscribers(ctx, "g", 0, ""); return err }},
		{"remove a subscriber", `DELETE /g/subscribers/ada+x@example.com  `, func(ctx context.Context, s *Scheduler) error {
			return s.RemoveSubscriber(ctx, "g", "ada+x@example.com")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got string
			s := schedulerOf(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = fmt.Sprintf("%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("If-Match"), body)
				_, _ = io.WriteString(w, "{}")
			})
			if err := c.do(t.Context(), s); err != nil || got != c.want {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

// An empty name would make another route of the path: POST //schedule, or a list of a message.
func TestSchedulerNamesTheFieldThatNoPathCanHold(t *testing.T) {
	t.Parallel()
	s := schedulerOf(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("called %s %s", r.Method, r.URL) })
	for _, c := range []struct {
		name, field, want string
		is                error
		do                func(context.Context) error
	}{
		{"schedule", "group", `client: POST: field group (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			_, err := s.Schedule(ctx, "", ScheduleRequest{Subject: "s", Body: "b"})
			return err
		}},
		{"change", "key", `client: PUT: field key (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			_, err := s.Change(ctx, "g", "", "", ChangeRequest{})
			return err
		}},
		{"cancel", "group", `client: DELETE: field group (".."): invalid field: it would change the path`, ErrInvalidField, func(ctx context.Context) error {
			_, err := s.Cancel(ctx, "..", "", "")
			return err
		}},
		{"get", "key", `client: GET: field key ("."): invalid field: it would change the path`, ErrInvalidField, func(ctx context.Context) error { _, err := s.Get(ctx, "g", "."); return err }},
		{"list", "group", `client: GET: field group (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			_, err := s.List(ctx, "", ListRequest{Limit: 3})
			return err
		}},
		{"results", "key", `client: GET: field key (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			_, err := s.Results(ctx, "g", "", time.Time{}, 0, "")
			return err
		}},
		{"subscribe", "group", `client: POST: field group (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			_, err := s.Subscribe(ctx, "", Subscriber{})
			return err
		}},
		{"subscribers", "group", `client: GET: field group (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			_, err := s.Subscribers(ctx, "", 0, "")
			return err
		}},
		{"remove a subscriber", "subscriber", `client: DELETE: field subscriber (""): missing field`, ErrMissingField, func(ctx context.Context) error {
			return s.RemoveSubscriber(ctx, "g", "")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.do(t.Context())
			var field *FieldError
			if !errors.Is(err, c.is) || !errors.As(err, &field) || field.Field != c.field || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSchedulerTriesAgainWhatMayHelp(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	calls := 0
	s := schedulerOf(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Key string `json:"idempotency_key"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		keys[in.Key] = true
		switch calls++; calls {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			w.WriteHeader(http.StatusTooManyRequests)
		case 3:
			panic(http.ErrAbortHandler) // the connection ends without an answer
		default:
			w.Header().Set("ETag", `"1"`)
			_, _ = io.WriteString(w, `{"message":"m","details":{"group":"g","subject":"s","scheduled":1800000000123,"key":"K"}}`)
		}
	})
	got, err := s.Schedule(t.Context(), "g", ScheduleRequest{Subject: "s", Body: "b", At: "2030-01-01T00:00:00Z"})
	want := Scheduled{Group: "g", Subject: "s", Key: "K", Scheduled: time.UnixMilli(1_800_000_000_123).UTC(), ETag: `"1"`, Text: "m"}
	if err != nil || got != want || calls != 4 || len(keys) != 1 || keys[""] {
		t.Errorf("got %+v, %v after %d calls with keys %v", got, err, calls, keys)
	}
}

func TestSchedulerErrorsShowWhatHappened(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		body   string
		is     error
		calls  int
		want   string
	}{
		{400, `{"message":"at \"x\": RFC 3339","field":"at","value":"x","rule":"RFC 3339"}`, ErrBadRequest, 1, `status 400: at "x": RFC 3339`},
		{401, `{"message":"Unauthorized"}`, ErrUnauthorized, 1, "status 401: Unauthorized"},
		{403, `{"message":"Forbidden"}`, ErrUnauthorized, 1, "status 403: Forbidden"},
		{404, `{"message":"no such message"}`, ErrNotFound, 1, "status 404: no such message"},
		{409, `{"message":"the message is being sent"}`, ErrTooLate, 1, "status 409: the message is being sent"},
		{412, `{"message":"old"}`, ErrETag, 1, "status 412: old"},
		{413, `<html>`, ErrTooLarge, 1, "status 413: Request Entity Too Large"},
		{500, `{"message":"internal error"}`, ErrUnavailable, 5, "status 500: internal error"},
		{200, `<html>`, ErrUnavailable, 5, "the scheduler does not answer as it should: invalid character '<' looking for beginning of value"},
	} {
		t.Run(fmt.Sprint(c.status, c.is), func(t *testing.T) {
			t.Parallel()
			calls := 0
			s := schedulerOf(t, func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			_, err := s.Get(t.Context(), "g", "k")
			if !errors.Is(err, c.is) || err.Error() != "client: GET /g/schedule/k: "+c.want || calls != c.calls {
				t.Errorf("got %v after %d calls", err, calls)
			}
			var api *APIError
			if c.status == 400 && (!errors.As(err, &api) || api.Field != "at" || api.Value != "x" || api.Rule != "RFC 3339") {
				t.Errorf("got %+v", api)
			}
		})
	}
}

func TestSchedulerBearsATokenOfItsGroups(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var tokens []string
	s := schedulerOf(t, func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		_, _ = io.WriteString(w, "{}")
	}, WithGroups("a", "b"), WithSchedulerClock(func() time.Time { return now }))
	for _, later := range []time.Duration{0, 3 * time.Minute, 90 * time.Second} {
		now = now.Add(later)
		if _, err := s.Get(t.Context(), "a", "k"); err != nil {
			t.Fatal(err)
		}
	}
	if len(tokens) != 3 || tokens[0] != tokens[1] || tokens[1] == tokens[2] {
		t.Errorf("got %v", tokens)
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(tokens[2], claims, func(*jwt.Token) (any, error) { return []byte(schedulerKeys.SigningKey), nil },
		jwt.WithValidMethods([]string{"HS512"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil || fmt.Sprint(claims["groups"]) != "[a b]" {
		t.Errorf("got %v, %v", claims, err)
	}
}

func TestIssueBearerRefusesWhatIsNoUse(t *testing.T) {
	t.Parallel()
	s := schedulerOf(t, nil)
	if got, err := s.IssueBearer(t.Context(), time.Hour, AllGroups); err != nil || got.Token == "" || time.Until(got.ExpiresAt) < 59*time.Minute {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, c := range []struct {
		ttl    time.Duration
		groups []string
		is     error
	}{
		{time.Hour, nil, ErrConfig},
		{time.Hour, []string{""}, ErrConfig},
		{0, []string{"g"}, ErrExpiryRequired},
		{31 * 24 * time.Hour, []string{"g"}, ErrExpiryTooLong},
		{time.Hour, []string{strings.Repeat("g", 5000)}, ErrTokenTooLong},
	} {
		if _, err := s.IssueBearer(t.Context(), c.ttl, c.groups...); !errors.Is(err, c.is) {
			t.Errorf("%s for %d groups: got %v", c.ttl, len(c.groups), err)
		}
	}
}

func TestNewSchedulerNamesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := NewScheduler(SchedulerConfig{URL: "api"}, WithGroups(), WithSchedulerTries(0), WithSchedulerBackoff(0, 0), WithSchedulerHTTPClient(nil))
	want := `client: new scheduler: invalid configuration: URL "api" is not an http or https URL
invalid configuration: neither Keys nor Secrets with SecretARN ("") are given
invalid configuration: the HTTP client is nil
invalid configuration: 0 tries, at least 1 is needed
invalid configuration: a back-off of 0s up to 0s
invalid configuration: groups [], at least one name is needed and none may be empty`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
