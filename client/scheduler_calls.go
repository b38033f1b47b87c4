package client

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Schedule schedules a message for a group.
func (s *Scheduler) Schedule(ctx context.Context, group string, r ScheduleRequest) (Scheduled, error) {
	if r.IdempotencyKey == "" {
		r.IdempotencyKey = rand.Text()
	}
	return s.write(ctx, http.MethodPost, messages(group), "", r)
}

// Change changes the time or the content of a waiting message. etag is the ETag that the caller has seen; "" changes it
// whatever its ETag.
func (s *Scheduler) Change(ctx context.Context, group, key, etag string, r ChangeRequest) (Scheduled, error) {
	return s.write(ctx, http.MethodPut, message(group, key), etag, r)
}

// Cancel cancels a message. It returns ErrTooLate if the message is being sent or finished. If an occurrence of a
// repeat is being sent, only later occurrences are cancelled, and Text says so.
func (s *Scheduler) Cancel(ctx context.Context, group, key, etag string) (Scheduled, error) {
	return s.write(ctx, http.MethodDelete, message(group, key), etag, nil)
}

func (s *Scheduler) write(ctx context.Context, method string, at target, etag string, body any) (Scheduled, error) {
	var out struct {
		Message string
		Details struct {
			Group, Subject, Key string
			Scheduled           int64
		}
	}
	headers, err := s.call(ctx, method, at, etag, body, &out)
	if err != nil {
		return Scheduled{}, err
	}
	d := out.Details
	return Scheduled{
		Group: d.Group, Subject: d.Subject, Key: d.Key, Scheduled: time.UnixMilli(d.Scheduled).UTC(), ETag: headers.Get("ETag"), Text: out.Message,
	}, nil
}

// Get returns a message with its content.
func (s *Scheduler) Get(ctx context.Context, group, key string) (ScheduledMessage, error) {
	var m ScheduledMessage
	_, err := s.call(ctx, http.MethodGet, message(group, key), "", nil, &m)
	return m, err
}

// List returns a page of a group's messages by due time. It may miss messages scheduled a moment ago.
func (s *Scheduler) List(ctx context.Context, group string, r ListRequest) (MessagePage, error) {
	query := paging(r.Limit, r.Next)
	if r.Status != "" {
		query.Set("status", r.Status)
	}
	for name, t := range map[string]time.Time{"from": r.From, "to": r.To} {
		if !t.IsZero() {
			query.Set(name, strconv.FormatInt(t.UnixMilli(), 10))
		}
	}
	var page MessagePage
	_, err := s.call(ctx, http.MethodGet, messages(group).with(query), "", nil, &page)
	return page, err
}

// Results returns the results of an occurrence, by subscriber. The zero time means the latest occurrence that has
// started.
func (s *Scheduler) Results(ctx context.Context, group, key string, occurrence time.Time, limit int, next string) (ResultPage, error) {
	query := paging(limit, next)
	if !occurrence.IsZero() {
		query.Set("scheduled", strconv.FormatInt(occurrence.UnixMilli(), 10))
	}
	var page ResultPage
	_, err := s.call(ctx, http.MethodGet, message(group, key).below("results").with(query), "", nil, &page)
	return page, err
}

// Subscribe adds a subscriber. An existing one, even if unsubscribed, is returned unchanged.
func (s *Scheduler) Subscribe(ctx context.Context, group string, one Subscriber) (Subscriber, error) {
	var out struct{ Details Subscriber }
	body := map[string]string{"email": one.Email, "name": one.Name, "timezone": one.Timezone}
	_, err := s.call(ctx, http.MethodPost, subscribers(group), "", body, &out)
	return out.Details, err
}

// Subscribers returns a page of a group's subscribers.
func (s *Scheduler) Subscribers(ctx context.Context, group string, limit int, next string) (SubscriberPage, error) {
	var page SubscriberPage
	_, err := s.call(ctx, http.MethodGet, subscribers(group).with(paging(limit, next)), "", nil, &page)
	return page, err
}

// RemoveSubscriber removes a subscriber, named by id or address.
func (s *Scheduler) RemoveSubscriber(ctx context.Context, group, subscriber string) error {
	_, err := s.call(ctx, http.MethodDelete, subscribers(group).named("subscriber", subscriber), "", nil, nil)
	return err
}

func paging(limit int, next string) url.Values {
	query := url.Values{}
	if limit != 0 {
		query.Set("limit", fmt.Sprint(limit))
	}
	if next != "" {
		query.Set("next", next)
	}
	return query
}
