package api

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

//go:embed openapi.json
var document string

// OpenAPI returns the document that describes the API.
func OpenAPI() string { return document }

// Schedule handles the message routes.
func Schedule(service *schedule.Service, log *slog.Logger) Handler {
	s := messages{service}
	return serve(map[string]route{
		contract.RouteCreate:  s.create,
		contract.RouteList:    s.list,
		contract.RouteGet:     s.get,
		contract.RouteChange:  s.change,
		contract.RouteCancel:  s.cancel,
		contract.RouteResults: s.results,
		contract.RouteOpenAPI: func(context.Context, request) (response, error) {
			return response{status: http.StatusOK, text: document, headers: map[string]string{"cache-control": "max-age=300"}}, nil
		},
	}, log)
}

type messages struct{ service *schedule.Service }

func (s messages) create(ctx context.Context, r request) (response, error) {
	in, err := schedule.ParseRequest(r.body)
	if err != nil {
		return response{}, err
	}
	m, err := s.service.Create(ctx, r.path(contract.PathGroup), in)
	if err != nil {
		return response{}, err
	}
	return done("Message scheduled successfully", m), nil
}

func (s messages) change(ctx context.Context, r request) (response, error) {
	in, err := schedule.ParseRequest(r.body)
	if err != nil {
		return response{}, err
	}
	m, err := s.service.Change(ctx, r.path(contract.PathGroup), r.path(contract.PathKey), in, r.header("If-Match"))
	if err != nil {
		return response{}, err
	}
	return done("Message changed successfully", m), nil
}

func (s messages) cancel(ctx context.Context, r request) (response, error) {
	m, sending, err := s.service.Cancel(ctx, r.path(contract.PathGroup), r.path(contract.PathKey), r.header("If-Match"))
	if err != nil {
		return response{}, err
	}
	if sending {
		return done("An occurrence is being sent, those after it are cancelled", m), nil
	}
	return done("Message cancelled successfully", m), nil
}

// done is the body of a plain success.
func done(message string, m schedule.Message) response {
	return response{status: http.StatusOK, headers: map[string]string{"etag": m.ETag()}, body: map[string]any{
		"message": message,
		"details": details{m.Group, m.Subject, m.Due.UnixMilli(), m.Key},
	}}
}

type details struct {
	Group     string `json:"group"`
	Subject   string `json:"subject"`
	Scheduled int64  `json:"scheduled"`
	Key       string `json:"key"`
}

func (s messages) get(ctx context.Context, r request) (response, error) {
	m, content, err := s.service.Get(ctx, r.path(contract.PathGroup), r.path(contract.PathKey))
	if err != nil {
		return response{}, err
	}
	out := viewOf(m)
	out.Body, out.Format, out.Data = &content.Body, content.Format, content.Data
	return response{status: http.StatusOK, headers: map[string]string{"etag": m.ETag()}, body: out}, nil
}

func (s messages) list(ctx context.Context, r request) (response, error) {
	f := schedule.Filter{Group: r.path(contract.PathGroup), Status: schedule.Status(r.query("status")), After: r.query("next")}
	var err error
	if f.Status != "" && !slices.Contains(schedule.Statuses(), f.Status) {
		return response{}, schedule.Invalid("status", string(f.Status), "one of scheduled, sending, sent, cancelled")
	}
	if f.From, err = r.time("from"); err != nil {
		return response{}, err
	}
	if f.To, err = r.time("to"); err != nil {
		return response{}, err
	}
	if f.Limit, err = r.limit(); err != nil {
		return response{}, err
	}
	page, err := s.service.List(ctx, f)
	if err != nil {
		return response{}, err
	}
	views := make([]view, len(page.Messages))
	for i, m := range page.Messages {
		views[i] = viewOf(m)
	}
	return response{status: http.StatusOK, body: map[string]any{"messages": views, "next": optional(page.Next)}}, nil
}

func (s messages) results(ctx context.Context, r request) (response, error) {
	due, err := r.time("scheduled")
	if err != nil {
		return response{}, err
	}
	limit, err := r.limit()
	if err != nil {
		return response{}, err
	}
	found, next, err := s.service.ResultsOf(ctx, r.path(contract.PathGroup), r.path(contract.PathKey), due, r.query("next"), limit)
	if err != nil {
		return response{}, err
	}
	views := make([]resultView, len(found))
	for i, one := range found {
		views[i] = resultView{one.Subscriber, one.Due.UnixMilli(), one.Status, one.Reason, one.MessageID, one.Attempts, stamp(one.At)}
	}
	return response{status: http.StatusOK, body: map[string]any{"results": views, "next": optional(next)}}, nil
}

// time parses milliseconds or RFC 3339. It returns the zero time if the parameter is absent.
func (r request) time(name string) (time.Time, error) {
	value := r.query(name)
	if value == "" {
		return time.Time{}, nil
	}
	if ms, err := strconv.ParseInt(value, 10, 64); err == nil && ms >= 0 && ms < 1<<50 {
		return time.UnixMilli(ms).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil || t.Year() < 1970 {
		return t, schedule.Invalid(name, value, "milliseconds since the epoch, or RFC 3339")
	}
	return t.UTC(), nil
}

func (r request) limit() (int, error) {
	value := r.query("limit")
	if value == "" {
		return contract.DefaultPage, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > contract.MaxPage {
		return 0, schedule.Invalid("limit", value, "from 1 to "+strconv.Itoa(contract.MaxPage))
	}
	return n, nil
}
