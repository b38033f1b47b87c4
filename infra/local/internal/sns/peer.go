package sns

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A peer is the SNS that holds topics and delivers to queues.
type peer struct {
	url    string
	client *http.Client
}

func newPeer(url string) *peer {
	return &peer{url: url, client: &http.Client{Timeout: 30 * time.Second}}
}

// maxAnswerBytes bounds a response of the peer.
const maxAnswerBytes = 16 << 20

// An answer is a response of the peer.
type answer struct {
	status      int
	contentType string
	body        []byte
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// do sends q. authorization, which may be empty, is the caller's: the peer reads the region from it.
func (p *peer) do(ctx context.Context, q query, authorization string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/", strings.NewReader(url.Values(q).Encode()))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ErrPeer, err)
	}
	return answer{status: response.StatusCode, contentType: response.Header.Get("Content-Type"), body: body}, nil
}

// read sends q and decodes a successful response into result; another becomes an apiError.
func (p *peer) read(ctx context.Context, q query, result any) error {
	a, err := p.do(ctx, q, "")
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return a.failure()
	}
	if err := xml.Unmarshal(a.body, result); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrPeer, q.get("Action"), err)
	}
	return nil
}

// failure reads an error as the peer writes it.
func (a answer) failure() error {
	var e struct {
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	if err := xml.Unmarshal(a.body, &e); err != nil || e.Code == "" {
		return fmt.Errorf("%w: status %d: %.200q", ErrPeer, a.status, a.body)
	}
	return &apiError{a.status, e.Code, e.Message}
}

// A topic is what deliveries need of a topic.
type topic struct {
	arn              string
	signatureVersion string // "1" or "2"
	deliveryPolicy   string // JSON or ""
	attributes       []xmlEntry
}

// topic returns the topic with this ARN; one that does not exist is an apiError NotFound.
func (p *peer) topic(ctx context.Context, arn string) (topic, error) {
	if strings.Count(arn, ":") != 5 {
		return topic{}, invalid("TopicArn")
	}
	var result struct {
		Entries []xmlEntry `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	if err := p.read(ctx, query{"Action": {"GetTopicAttributes"}, "TopicArn": {arn}}, &result); err != nil {
		return topic{}, err
	}
	t := topic{arn: arn, signatureVersion: "1", attributes: result.Entries}
	for _, e := range result.Entries {
		switch {
		case e.Key == "SignatureVersion" && e.Value == "2":
			t.signatureVersion = "2"
		case e.Key == "DeliveryPolicy":
			t.deliveryPolicy = e.Value
		}
	}
	return t, nil
}

// subscribeQueue subscribes a queue at the peer.
func (p *peer) subscribeQueue(ctx context.Context, s Subscription) (string, error) {
	q := query{"Action": {"Subscribe"}, "TopicArn": {s.TopicARN}, "Protocol": {s.Protocol}, "Endpoint": {s.Endpoint}}
	i := 0
	for key, value := range s.Attributes {
		i++
		prefix := "Attributes.entry." + strconv.Itoa(i)
		q[prefix+".key"], q[prefix+".value"] = []string{key}, []string{value}
	}
	var result struct {
		ARN string `xml:"SubscribeResult>SubscriptionArn"`
	}
	err := p.read(ctx, q, &result)
	return result.ARN, err
}

// subscriptions lists the peer's, of one topic or, for "", of all.
func (p *peer) subscriptions(ctx context.Context, topicARN string) ([]xmlSubscription, error) {
	if topicARN == "" {
		var result struct {
			List []xmlSubscription `xml:"ListSubscriptionsResult>Subscriptions>member"`
		}
		err := p.read(ctx, query{"Action": {"ListSubscriptions"}}, &result)
		return result.List, err
	}
	var result struct {
		List []xmlSubscription `xml:"ListSubscriptionsByTopicResult>Subscriptions>member"`
	}
	err := p.read(ctx, query{"Action": {"ListSubscriptionsByTopic"}, "TopicArn": {topicARN}}, &result)
	return result.List, err
}
