package sns

import (
	"errors"
	"io"
	"net/http"
	"net/url"
)

// maxRequestBytes bounds a request: a batch of 256 KiB, form-encoded at three bytes each, and its attributes.
const maxRequestBytes = 2 << 20

// An action serves one action of the SNS API.
type action func(n *Notifier, w http.ResponseWriter, r *http.Request, q query) error

// actions are those that concern our protocols; the peer serves the others.
var actions = map[string]action{
	"Subscribe":                 (*Notifier).subscribe,
	"ConfirmSubscription":       (*Notifier).confirmSubscription,
	"Unsubscribe":               (*Notifier).unsubscribe,
	"GetSubscriptionAttributes": (*Notifier).getSubscriptionAttributes,
	"SetSubscriptionAttributes": (*Notifier).setSubscriptionAttributes,
	"ListSubscriptions":         (*Notifier).listSubscriptions,
	"ListSubscriptionsByTopic":  (*Notifier).listSubscriptions,
	"GetTopicAttributes":        (*Notifier).getTopicAttributes,
	"DeleteTopic":               (*Notifier).deleteTopic,
	"Publish":                   (*Notifier).publish,
	"PublishBatch":              (*Notifier).publishBatch,
}

// Handler serves the SNS query API. Requests must be authorized already.
func (n *Notifier) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, err := readQuery(r)
		if err == nil {
			err = n.dispatch(w, r, q)
		}
		if err != nil {
			writeError(w, err)
		}
	})
}

func (n *Notifier) dispatch(w http.ResponseWriter, r *http.Request, q query) error {
	if act, ok := actions[q.get("Action")]; ok {
		return act(n, w, r, q)
	}
	return n.forward(w, r, q)
}

// forward passes the request to the peer.
func (n *Notifier) forward(w http.ResponseWriter, r *http.Request, q query) error {
	a, err := n.peer.do(r.Context(), q, r.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	a.write(w)
	return nil
}

// readQuery reads the parameters, from the URL and a form alike.
func readQuery(r *http.Request) (query, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxRequestBytes {
		return nil, &apiError{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "the request is too large"}
	}
	values, formErr := url.ParseQuery(string(body))
	fromURL, urlErr := url.ParseQuery(r.URL.RawQuery)
	if err := errors.Join(formErr, urlErr); err != nil {
		return nil, &apiError{http.StatusBadRequest, "MalformedQueryString", err.Error()}
	}
	for name, value := range fromURL {
		values[name] = value
	}
	return query(values), nil
}

// isSigned reports whether r has a signature, which the endpoint has verified then.
func isSigned(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || r.URL.Query().Has("X-Amz-Signature")
}
