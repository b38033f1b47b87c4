package sns

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// An outcome is how an attempt ended.
type outcome int

const (
	delivered outcome = iota
	refused           // permanently: not retried
	failed            // retried as long as the delivery policy has retries
)

// A delivery is one message to one subscription.
type delivery struct {
	to          record
	message     message
	body        []byte
	contentType string
	delays      []time.Duration
}

// deliver starts a delivery and returns.
func (n *Notifier) deliver(to record, m message) {
	body, err := n.bodyFor(to, m)
	if err != nil {
		n.config.Logger.Error("message not signed", "subscription", to.ARN, "error", err)
		return
	}
	d := delivery{to: to, message: m, body: body}
	d.delays, d.contentType = n.schedule(m.topic, to)
	n.begin(func() { n.carry(d) })
}

// begin runs work unless the stage is stopping.
func (n *Notifier) begin(work func()) {
	n.starting.Lock()
	defer n.starting.Unlock()
	if n.ctx.Err() == nil {
		n.running.Go(work)
	}
}

func (n *Notifier) bodyFor(to record, m message) ([]byte, error) {
	switch {
	case to.Protocol == "lambda":
		return m.lambdaEvent(n.signer, to.ARN)
	case to.raw() && m.kind == typeNotification:
		return []byte(m.text), nil
	default:
		return m.envelope(n.signer, to.ARN)
	}
}

// carry attempts d until it is delivered or refused, the policy is exhausted, or the stage stops.
func (n *Notifier) carry(d delivery) {
	for attempt := 0; ; attempt++ {
		how, reason := n.attempt(d)
		if n.ctx.Err() != nil {
			n.config.Logger.Warn("delivery lost: the stage is stopping", "subscription", d.to.ARN, "message", d.message.id)
			return
		}
		n.record(d, attempt+1, how, reason)
		if how == delivered {
			return
		}
		if how == refused || attempt == len(d.delays) {
			n.giveUp(d, reason)
			return
		}
		select {
		case <-n.config.Clock.After(d.delays[attempt]):
		case <-n.ctx.Done():
		}
	}
}

// attempt makes one attempt and returns why it did not succeed.
func (n *Notifier) attempt(d delivery) (outcome, error) {
	select {
	case n.slots <- struct{}{}:
		defer func() { <-n.slots }()
	case <-n.ctx.Done():
		return failed, n.ctx.Err()
	}
	if d.to.Protocol == "lambda" {
		return n.invoke(d)
	}
	ctx, cancel := context.WithTimeout(n.ctx, n.config.Timeout)
	defer cancel()
	return n.post(ctx, d)
}

// invoke hands d to the function. SNS invokes asynchronously, so a failure of the function is Lambda's to retry.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
func (n *Notifier) invoke(d delivery) (outcome, error) {
	_, functionError, err := n.config.Invoker.Invoke(n.ctx, d.to.Endpoint, d.body)
	if err != nil {
		return failed, err
	}
	if functionError != "" {
		n.config.Logger.Warn("function failed on an SNS event", "function", d.to.Endpoint, "error", functionError)
	}
	return delivered, nil
}

func (n *Notifier) post(ctx context.Context, d delivery) (outcome, error) {
	target, err := n.target(d.to.Protocol, d.to.Endpoint)
	if err != nil {
		return refused, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(d.body))
	if err != nil {
		return refused, err
	}
	d.setHeader(request.Header)
	response, err := n.client.Do(request)
	if err != nil {
		return failed, err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(io.LimitReader(response.Body, 512))
	if err != nil {
		return failed, err
	}
	how := judge(response.StatusCode)
	if how == delivered {
		return how, nil
	}
	return how, &statusError{response.StatusCode, string(said)}
}

// judge maps a status to an outcome. AWS's page on endpoints counts only what is outside 200 to 4xx as a failed attempt,
// without an exception for 429; its page on dead-letter queues sends client errors there. So a 3xx or 4xx is not retried and
// goes to the dead-letter queue.
// https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
func judge(status int) outcome {
	switch {
	case status >= 200 && status <= 299:
		return delivered
	case status >= 300 && status <= 499:
		return refused
	default:
		return failed
	}
}

// setHeader sets what https://docs.aws.amazon.com/sns/latest/dg/http-header.html lists.
func (d delivery) setHeader(h http.Header) {
	h.Set("Content-Type", d.contentType)
	h.Set("User-Agent", "Amazon Simple Notification Service Agent")
	h.Set("x-amz-sns-message-type", d.message.kind)
	h.Set("x-amz-sns-message-id", d.message.id)
	h.Set("x-amz-sns-topic-arn", d.message.topic.arn)
	if d.message.kind != typeSubscribe {
		h.Set("x-amz-sns-subscription-arn", d.to.ARN)
	}
	if d.to.raw() && d.message.kind == typeNotification {
		h.Set("x-amz-sns-rawdelivery", "true")
	}
}

// A statusError is a response without success.
type statusError struct {
	status int
	said   string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %.256q", e.status, e.said) }

// giveUp sends d to the subscription's dead-letter queue, if it has one and d is a notification.
func (n *Notifier) giveUp(d delivery, reason error) {
	queue := d.to.deadLetterARN()
	log := n.config.Logger.With("subscription", d.to.ARN, "message", d.message.id, "reason", reason.Error())
	if queue == "" || d.message.kind != typeNotification {
		log.Error("message not delivered and discarded", "type", d.message.kind)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(n.ctx), n.config.Timeout)
	defer cancel()
	if err := n.config.DeadLetters.Send(ctx, d.message.topic.arn, queue, string(d.body), deadLetterAttributes(reason)); err != nil {
		log.Error("message not delivered, and its dead-letter queue failed", "queue", queue, "error", err)
		return
	}
	log.Warn("message not delivered, kept in the dead-letter queue", "queue", queue)
}

// deadLetterAttributes say why the message is a dead letter.
func deadLetterAttributes(reason error) map[string]string {
	code := "0"
	var status *statusError
	if errors.As(reason, &status) {
		code = fmt.Sprint(status.status)
	}
	return map[string]string{"RequestID": uuid.New(), "ErrorCode": code, "ErrorMessage": fmt.Sprintf("%.1024s", reason)}
}

// newDeliveryClient trusts the local authority and the system's, and follows no redirect.
func newDeliveryClient(a *authority) *http.Client {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AddCert(a.cert)
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: maxDeliveries, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
