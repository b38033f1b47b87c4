package sns

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// publish serves Publish: the peer assigns the message id and delivers to queues, then our subscriptions get theirs.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
func (n *Notifier) publish(w http.ResponseWriter, r *http.Request, q query) error {
	q = maps.Clone(q)
	if q.get("TopicArn") == "" && q.get("TargetArn") != "" {
		q["TopicArn"] = q["TargetArn"]
	}
	p, err := readPublication(q, "")
	if err != nil {
		return err
	}
	p.forQueues(q, "")
	a, err := n.peer.do(r.Context(), q, r.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	if a.status == http.StatusOK {
		var result struct {
			ID string `xml:"PublishResult>MessageId"`
		}
		if err := xml.Unmarshal(a.body, &result); err != nil {
			return fmt.Errorf("%w: Publish: %w", ErrPeer, err)
		}
		if err := n.fanOut(r, q.get("TopicArn"), map[string]publication{result.ID: p}); err != nil {
			return err
		}
	}
	a.write(w)
	return nil
}

// publishBatch serves PublishBatch. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
func (n *Notifier) publishBatch(w http.ResponseWriter, r *http.Request, q query) error {
	q = maps.Clone(q)
	byEntry := map[string]publication{}
	for _, prefix := range q.list("PublishBatchRequestEntries.member") {
		p, err := readPublication(q, prefix+".")
		if err != nil {
			return err
		}
		p.forQueues(q, prefix+".")
		byEntry[q.get(prefix+".Id")] = p
	}
	a, err := n.peer.do(r.Context(), q, r.Header.Get("Authorization"))
	if err != nil {
		return err
	}
	if a.status == http.StatusOK {
		var result struct {
			Good []struct {
				ID        string `xml:"Id"`
				MessageID string `xml:"MessageId"`
			} `xml:"PublishBatchResult>Successful>member"`
		}
		if err := xml.Unmarshal(a.body, &result); err != nil {
			return fmt.Errorf("%w: PublishBatch: %w", ErrPeer, err)
		}
		byID := map[string]publication{}
		for _, entry := range result.Good {
			byID[entry.MessageID] = byEntry[entry.ID]
		}
		if err := n.fanOut(r, q.get("TopicArn"), byID); err != nil {
			return err
		}
	}
	a.write(w)
	return nil
}

// fanOut starts the deliveries of publications, by message id, to the topic's confirmed subscriptions.
func (n *Notifier) fanOut(r *http.Request, topicARN string, publications map[string]publication) error {
	subscriptions := n.store.ofTopic(topicARN)
	if len(subscriptions) == 0 {
		return nil
	}
	t, err := n.peer.topic(r.Context(), topicARN)
	if err != nil {
		return err
	}
	at := n.timestamp()
	for id, p := range publications {
		for _, s := range subscriptions {
			if !s.Confirmed {
				continue
			}
			n.deliver(s, message{
				kind: typeNotification, id: id, topic: t, text: p.textFor(s.Protocol), subject: p.subject, timestamp: at,
				attributes: p.attributes,
			})
		}
	}
	return nil
}

// A publication is one Publish, or one entry of a batch.
type publication struct {
	text       string
	byProtocol map[string]string // of MessageStructure json, else nil
	subject    *string
	attributes map[string]attribute
}

func (p publication) textFor(protocol string) string {
	if text, ok := p.byProtocol[protocol]; ok {
		return text
	}
	return p.text
}

// forQueues sets the text for queues as the message, because the peer ignores MessageStructure.
func (p publication) forQueues(q query, prefix string) {
	if p.byProtocol != nil {
		q[prefix+"Message"] = []string{p.textFor("sqs")}
	}
}

// maxSubject is the length, in characters, at which a subject is too long.
const maxSubject = 100

func readPublication(q query, prefix string) (publication, error) {
	p := publication{
		text: q.get(prefix + "Message"), subject: q.optional(prefix + "Subject"), attributes: q.messageAttributes(prefix),
	}
	if p.subject != nil && *p.subject == "" {
		return p, invalid("Subject")
	}
	// A line break in a signed value could forge another field, so SNS refuses it.
	if p.subject != nil && (utf8.RuneCountInString(*p.subject) >= maxSubject || strings.ContainsFunc(*p.subject, unicode.IsControl)) {
		return p, invalid("Subject")
	}
	if q.get(prefix+"MessageStructure") != "json" {
		return p, nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(p.text), &values); err != nil {
		return p, invalid("Message Structure - JSON message body failed to parse")
	}
	text, ok := values["default"].(string)
	if !ok {
		return p, invalid("Message Structure - No default entry in JSON message body")
	}
	p.text, p.byProtocol = text, map[string]string{}
	for protocol, value := range values {
		if text, ok := value.(string); ok { // others are ignored, as documented
			p.byProtocol[protocol] = text
		}
	}
	return p, nil
}
