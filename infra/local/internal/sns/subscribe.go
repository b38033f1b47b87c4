package sns

import (
	"maps"
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// subscribe serves Subscribe. The peer keeps those of queues.
// https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
func (n *Notifier) subscribe(w http.ResponseWriter, r *http.Request, q query) error {
	if q.get("Protocol") == "sqs" {
		return n.forward(w, r, q)
	}
	t, err := n.peer.topic(r.Context(), q.get("TopicArn"))
	if err != nil {
		return err
	}
	wanted, err := n.newRecord(t, Subscription{
		TopicARN: t.arn, Protocol: q.get("Protocol"), Endpoint: q.get("Endpoint"), Attributes: q.attributes(),
	})
	if err != nil {
		return err
	}
	stored, err := n.findOrAdd(t, wanted)
	if err != nil {
		return err
	}
	shown := stored.ARN
	if !stored.Confirmed && q.get("ReturnSubscriptionArn") != "true" {
		shown = "pending confirmation"
	}
	writeResult(w, "Subscribe", "<SubscriptionArn>"+escape(shown)+"</SubscriptionArn>")
	return nil
}

// findOrAdd returns the subscription of the same endpoint, or a new one. While it is pending, each call sends a new
// confirmation.
func (n *Notifier) findOrAdd(t topic, wanted record) (record, error) {
	stored, found := n.store.find(wanted.TopicARN, wanted.Protocol, wanted.Endpoint)
	switch {
	case found && !maps.Equal(stored.Attributes, wanted.Attributes):
		return stored, invalid("Attributes Reason: Subscription already exists with different attributes")
	case !found:
		stored = wanted
		stored.ARN = t.arn + ":" + uuid.New()
		if err := n.store.add(stored); err != nil {
			return stored, err
		}
	}
	if stored.Confirmed {
		return stored, nil
	}
	return stored, n.askForConfirmation(t, stored)
}

// askForConfirmation creates a token for the subscription and posts it to the endpoint.
func (n *Notifier) askForConfirmation(t topic, r record) error {
	r, err := n.renewToken(r.ARN)
	if err != nil {
		return err
	}
	n.deliver(r, message{
		kind: typeSubscribe, id: uuid.New(), topic: t, token: r.Token, timestamp: n.timestamp(),
		text: "You have chosen to subscribe to the topic " + t.arn +
			".\nTo confirm the subscription, visit the SubscribeURL included in this message.",
	})
	return nil
}

func (n *Notifier) renewToken(arn string) (record, error) {
	r, err := n.store.change(arn, func(r *record) {
		r.Token, r.TokenEnds = newToken(), n.config.Clock.Now().Add(tokenLife)
	})
	return r, err
}

// confirmSubscription serves ConfirmSubscription, by the API or by a GET of the SubscribeURL. Confirming again is not an
// error. https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
func (n *Notifier) confirmSubscription(w http.ResponseWriter, r *http.Request, q query) error {
	if _, err := n.peer.topic(r.Context(), q.get("TopicArn")); err != nil {
		return err
	}
	found, ok := n.store.withToken(q.get("TopicArn"), q.get("Token"), n.config.Clock.Now())
	if !ok {
		return invalid("Token")
	}
	confirmed, err := n.store.change(found.ARN, func(s *record) {
		s.Authenticated = isSigned(r) && q.get("AuthenticateOnUnsubscribe") == "true" || s.Confirmed && s.Authenticated
		s.Confirmed, s.Removed = true, false
	})
	if err != nil {
		return err
	}
	n.config.Logger.Info("subscription confirmed", "subscription", confirmed.ARN)
	writeResult(w, "ConfirmSubscription", "<SubscriptionArn>"+escape(confirmed.ARN)+"</SubscriptionArn>")
	return nil
}

// unsubscribe serves Unsubscribe. An unsigned one, by a GET of the UnsubscribeURL, sends the endpoint an
// UnsubscribeConfirmation with a token to subscribe again. https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
func (n *Notifier) unsubscribe(w http.ResponseWriter, r *http.Request, q query) error {
	signed := isSigned(r)
	stored, ok := n.store.get(q.get("SubscriptionArn"))
	if !ok && signed {
		return n.forward(w, r, q)
	}
	if !signed && (!ok || stored.Authenticated || !stored.isHTTP()) {
		return &apiError{http.StatusForbidden, "AuthorizationError", "the subscription can be removed by a signed request only"}
	}
	var err error
	if signed || !stored.Confirmed {
		err = n.store.remove(func(r record) bool { return r.ARN == stored.ARN })
	} else {
		err = n.removeWithWayBack(r, stored)
	}
	if err != nil {
		return err
	}
	n.config.Logger.Info("unsubscribed", "subscription", stored.ARN, "signed", signed)
	writeResult(w, "Unsubscribe", "")
	return nil
}

func (n *Notifier) removeWithWayBack(r *http.Request, stored record) error {
	t, err := n.peer.topic(r.Context(), stored.TopicARN)
	if err != nil {
		return err
	}
	if stored, err = n.renewToken(stored.ARN); err != nil {
		return err
	}
	if _, err := n.store.change(stored.ARN, func(r *record) { r.Confirmed, r.Removed = false, true }); err != nil {
		return err
	}
	n.deliver(stored, message{
		kind: typeUnsubscribe, id: uuid.New(), topic: t, token: stored.Token, timestamp: n.timestamp(),
		text: "You have chosen to deactivate subscription " + stored.ARN +
			".\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
	})
	return nil
}
