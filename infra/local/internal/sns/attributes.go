package sns

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// owner returns the account of a valid ARN.
func owner(arn string) string { return strings.Split(arn, ":")[4] }

// getSubscriptionAttributes serves GetSubscriptionAttributes.
// https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
func (n *Notifier) getSubscriptionAttributes(w http.ResponseWriter, r *http.Request, q query) error {
	s, ok := n.store.get(q.get("SubscriptionArn"))
	if !ok {
		return n.forward(w, r, q)
	}
	entries := []xmlEntry{
		{"SubscriptionArn", s.ARN},
		{"TopicArn", s.TopicARN},
		{"Protocol", s.Protocol},
		{"Endpoint", s.Endpoint},
		{"Owner", owner(s.TopicARN)},
		{"PendingConfirmation", strconv.FormatBool(!s.Confirmed)},
		{"ConfirmationWasAuthenticated", strconv.FormatBool(s.Authenticated || s.Protocol == "lambda")},
	}
	if s.Attributes["RawMessageDelivery"] == "" {
		entries = append(entries, xmlEntry{"RawMessageDelivery", "false"})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		entries = append(entries, xmlEntry{name, s.Attributes[name]})
	}
	writeResult(w, "GetSubscriptionAttributes", writeEntries(entries))
	return nil
}

// setSubscriptionAttributes serves SetSubscriptionAttributes.
// https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
func (n *Notifier) setSubscriptionAttributes(w http.ResponseWriter, r *http.Request, q query) error {
	s, ok := n.store.get(q.get("SubscriptionArn"))
	if !ok {
		return n.forward(w, r, q)
	}
	name, value := q.get("AttributeName"), q.get("AttributeValue")
	if err := n.checkAttribute(s, name, value); err != nil {
		return err
	}
	_, err := n.store.change(s.ARN, func(r *record) {
		if r.Attributes == nil {
			r.Attributes = map[string]string{}
		}
		r.Attributes[name] = value
	})
	if err != nil {
		return err
	}
	writeResult(w, "SetSubscriptionAttributes", "")
	return nil
}

// listSubscriptions serves ListSubscriptions and ListSubscriptionsByTopic with the peer's subscriptions and those of this
// package, all on one page. https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
func (n *Notifier) listSubscriptions(w http.ResponseWriter, r *http.Request, q query) error {
	topicARN := ""
	if q.get("Action") == "ListSubscriptionsByTopic" {
		t, err := n.peer.topic(r.Context(), q.get("TopicArn"))
		if err != nil {
			return err
		}
		topicARN = t.arn
	}
	list, err := n.peer.subscriptions(r.Context(), topicARN)
	if err != nil {
		return err
	}
	for _, s := range n.store.ofTopic(topicARN) {
		arn := s.ARN
		if !s.Confirmed {
			arn = "PendingConfirmation"
		}
		list = append(list, xmlSubscription{arn, s.TopicARN, s.Protocol, s.Endpoint, owner(s.TopicARN)})
	}
	writeResult(w, q.get("Action"), writeSubscriptions(list))
	return nil
}

// getTopicAttributes serves GetTopicAttributes as the peer does, with our subscriptions in the counts.
// https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
func (n *Notifier) getTopicAttributes(w http.ResponseWriter, r *http.Request, q query) error {
	t, err := n.peer.topic(r.Context(), q.get("TopicArn"))
	if err != nil {
		return err
	}
	counts := map[string]int{}
	for _, s := range n.store.ofTopic(t.arn) {
		counts[map[bool]string{true: "SubscriptionsConfirmed", false: "SubscriptionsPending"}[s.Confirmed]]++
	}
	for i, e := range t.attributes {
		if more, ok := counts[e.Key]; ok {
			had, _ := strconv.Atoi(e.Value)
			t.attributes[i].Value = strconv.Itoa(had + more)
		}
	}
	writeResult(w, "GetTopicAttributes", writeEntries(t.attributes))
	return nil
}

// deleteTopic serves DeleteTopic, and removes the topic's subscriptions.
// https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html
func (n *Notifier) deleteTopic(w http.ResponseWriter, r *http.Request, q query) error {
	if err := n.store.remove(func(s record) bool { return s.TopicARN == q.get("TopicArn") }); err != nil {
		return err
	}
	return n.forward(w, r, q)
}
