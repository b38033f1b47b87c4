package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/subscribers"
)

// Subscribers handles the subscriber routes and the links in e-mails.
func Subscribers(register *subscribers.Register, log *slog.Logger) Handler {
	s := subscriberRoutes{register}
	return serve(map[string]route{
		contract.RouteListSubscribers:  s.list,
		contract.RouteSubscribe:        s.add,
		contract.RouteRemoveSubscriber: s.remove,
		contract.RouteUnsubscribeForm:  s.form(subscribers.PurposeUnsubscribe, "Stop receiving messages of %s?", "Unsubscribe"),
		contract.RouteUnsubscribe:      s.follow(register.Unsubscribe, "You will receive no more messages of %s."),
		contract.RouteConfirmForm:      s.form(subscribers.PurposeConfirm, "Receive messages of %s?", "Confirm"),
		contract.RouteConfirm:          s.follow(register.Confirm, "You will receive messages of %s."),
	}, log)
}

type subscriberRoutes struct{ register *subscribers.Register }

type subscriberView struct {
	Subscriber string `json:"subscriber"`
	Email      string `json:"email"`
	Name       string `json:"name,omitempty"`
	Timezone   string `json:"timezone,omitempty"`
	Status     string `json:"status"`
	CreatedAt  string `json:"created_at"`
}

func subscriberViewOf(s subscribers.Subscriber) subscriberView {
	return subscriberView{s.ID, s.Email, s.Name, s.Timezone, s.Status, stamp(s.CreatedAt)}
}

func (s subscriberRoutes) add(ctx context.Context, r request) (response, error) {
	in, err := subscribers.ParseRequest(r.body)
	if err != nil {
		return response{}, err
	}
	one, added, err := s.register.Add(ctx, r.path(contract.PathGroup), in)
	if err != nil {
		return response{}, err
	}
	message := "Subscriber exists already"
	if added {
		message = "Subscriber added successfully"
	}
	return response{status: http.StatusOK, body: map[string]any{"message": message, "details": subscriberViewOf(one)}}, nil
}

func (s subscriberRoutes) list(ctx context.Context, r request) (response, error) {
	limit, err := r.limit()
	if err != nil {
		return response{}, err
	}
	page, next, err := s.register.List(ctx, r.path(contract.PathGroup), r.query("next"), limit)
	if err != nil {
		return response{}, err
	}
	views := make([]subscriberView, len(page))
	for i, one := range page {
		views[i] = subscriberViewOf(one)
	}
	return response{status: http.StatusOK, body: map[string]any{"subscribers": views, "next": optional(next)}}, nil
}

func (s subscriberRoutes) remove(ctx context.Context, r request) (response, error) {
	if err := s.register.Remove(ctx, r.path(contract.PathGroup), r.path(contract.PathSubscriber)); err != nil {
		return response{}, err
	}
	return response{status: http.StatusOK, body: map[string]any{"message": "Subscriber removed successfully"}}, nil
}
