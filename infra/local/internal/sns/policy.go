package sns

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// Bounds of a delivery policy.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html#creating-delivery-policy
const (
	maxRetries = 100
	maxDelay   = 3600 // seconds, of one delay and of the sum
)

// A healthyRetryPolicy says how often and when a failed delivery is retried; times in seconds.
type healthyRetryPolicy struct {
	NumRetries         *int   `json:"numRetries"`
	NumNoDelayRetries  int    `json:"numNoDelayRetries"`
	NumMinDelayRetries int    `json:"numMinDelayRetries"`
	NumMaxDelayRetries int    `json:"numMaxDelayRetries"`
	MinDelayTarget     *int   `json:"minDelayTarget"`
	MaxDelayTarget     *int   `json:"maxDelayTarget"`
	BackoffFunction    string `json:"backoffFunction"`
}

// A subscriptionPolicy is a subscription's DeliveryPolicy.
type subscriptionPolicy struct {
	Retry    *healthyRetryPolicy `json:"healthyRetryPolicy"`
	Throttle json.RawMessage     `json:"throttlePolicy"`
	Sickly   json.RawMessage     `json:"sicklyRetryPolicy"`
	Request  struct {
		ContentType string `json:"headerContentType"`
	} `json:"requestPolicy"`
}

// A topicPolicy is a topic's DeliveryPolicy.
type topicPolicy struct {
	HTTP struct {
		Retry    *healthyRetryPolicy `json:"defaultHealthyRetryPolicy"`
		Override bool                `json:"disableSubscriptionOverrides"`
		Request  struct {
			ContentType string `json:"headerContentType"`
		} `json:"defaultRequestPolicy"`
	} `json:"http"`
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// parseSubscriptionPolicy parses a DeliveryPolicy and refuses what is out of bounds or not supported.
func parseSubscriptionPolicy(text string) (subscriptionPolicy, error) {
	var p subscriptionPolicy
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, invalid("DeliveryPolicy: " + err.Error())
	}
	if !isNull(p.Throttle) || !isNull(p.Sickly) {
		return p, invalid("DeliveryPolicy: throttlePolicy and sicklyRetryPolicy are not supported by the local stage")
	}
	if p.Retry != nil {
		if _, err := p.Retry.schedule(RetryPolicy{}); err != nil {
			return p, err
		}
	}
	return p, nil
}

// schedule returns the delay before each retry: none, then the minimum, then growing, then the maximum.
func (p *healthyRetryPolicy) schedule(otherwise RetryPolicy) ([]time.Duration, error) {
	retries := value(p.NumRetries, otherwise.Retries)
	least := value(p.MinDelayTarget, 20)
	most := value(p.MaxDelayTarget, max(20, least))
	growing := retries - p.NumNoDelayRetries - p.NumMinDelayRetries - p.NumMaxDelayRetries
	if retries < 0 || retries > maxRetries || least < 1 || most < least || most > maxDelay || p.NumNoDelayRetries < 0 ||
		p.NumMinDelayRetries < 0 || p.NumMaxDelayRetries < 0 {
		return nil, invalid("DeliveryPolicy: healthyRetryPolicy is out of bounds")
	}
	if p.NumRetries != nil && growing < 0 {
		return nil, invalid("DeliveryPolicy: numRetries must be at least the sum of its phases")
	}
	var delays []time.Duration
	total := 0.0
	add := func(seconds float64) {
		total += seconds
		delays = append(delays, time.Duration(seconds*float64(time.Second)))
	}
	for range p.NumNoDelayRetries {
		add(0)
	}
	for range p.NumMinDelayRetries {
		add(float64(least))
	}
	for i := range max(growing, 0) {
		seconds, ok := backOff(p.BackoffFunction, float64(least), float64(most), float64(i+1)/float64(growing+1))
		if !ok {
			return nil, invalid("DeliveryPolicy: backoffFunction " + p.BackoffFunction + " (the local stage has linear and exponential)")
		}
		add(seconds)
	}
	for range p.NumMaxDelayRetries {
		add(float64(most))
	}
	if total > maxDelay {
		return nil, invalid("DeliveryPolicy: the delays add up to more than an hour")
	}
	return delays, nil
}

// backOff returns the delay at part, between 0 and 1, of the way from least to most.
func backOff(function string, least, most, part float64) (float64, bool) {
	switch function {
	case "", "linear":
		return least + (most-least)*part, true
	case "exponential":
		return least * math.Pow(most/least, part), true
	}
	return 0, false
}

func value(p *int, otherwise int) int {
	if p == nil {
		return otherwise
	}
	return *p
}

// schedule returns the delays before the retries of a delivery to s, and the content type. The subscription's policy
// overrides the topic's, unless the topic disables overrides. Policies were checked when they were set; a topic's, which the
// peer keeps unchecked, is ignored if it is invalid.
func (n *Notifier) schedule(t topic, s record) (delays []time.Duration, contentType string) {
	var ofTopic topicPolicy
	if t.deliveryPolicy != "" && json.Unmarshal([]byte(t.deliveryPolicy), &ofTopic) != nil {
		n.config.Logger.Warn("delivery policy of the topic is invalid", "topic", t.arn)
	}
	retry, contentType := ofTopic.HTTP.Retry, ofTopic.HTTP.Request.ContentType
	if own, err := parseSubscriptionPolicy(s.Attributes["DeliveryPolicy"]); err == nil && !ofTopic.HTTP.Override {
		if own.Retry != nil {
			retry = own.Retry
		}
		if own.Request.ContentType != "" {
			contentType = own.Request.ContentType
		}
	}
	if contentType == "" {
		contentType = "text/plain; charset=UTF-8"
	}
	if !strings.Contains(contentType, "charset") {
		contentType += "; charset=UTF-8"
	}
	if retry != nil {
		if delays, err := retry.schedule(n.config.Retry); err == nil {
			return delays, contentType
		}
		n.config.Logger.Warn("delivery policy is invalid", "topic", t.arn, "subscription", s.ARN)
	}
	for range n.config.Retry.Retries {
		delays = append(delays, n.config.Retry.Delay)
	}
	return delays, contentType
}
