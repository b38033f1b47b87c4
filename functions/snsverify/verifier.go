package snsverify

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// A Verifier verifies messages of a fixed set of topics. It is safe for concurrent use; make one and keep it, because
// it holds the certificates.
type Verifier struct {
	topics     map[string]topic
	cache      *cache
	now        func() time.Time
	minVersion int
	maxAge     time.Duration
	maxBytes   int64
	logger     *slog.Logger
}

// New returns a Verifier for messages of exactly these topics, at least one. A topic that is not a TopicArn of a known
// partition (aws, aws-cn, aws-us-gov), and an option out of range, are errors that match ErrConfiguration.
func New(topicARNs []string, options ...Option) (*Verifier, error) {
	c, err := newConfig(options)
	if err != nil {
		return nil, fmt.Errorf("snsverify: new: %w", err)
	}
	topics, err := parseTopics(topicARNs, c.commonName)
	if err != nil {
		return nil, fmt.Errorf("snsverify: new: %w", err)
	}
	return &Verifier{
		topics: topics, cache: newCache(c.cacheSize, c.now, newFetcher(c).load), now: c.now,
		minVersion: c.minVersion, maxAge: c.maxAge, maxBytes: c.maxBytes, logger: c.logger,
	}, nil
}

func parseTopics(arns []string, commonName string) (map[string]topic, error) {
	if len(arns) == 0 {
		return nil, fmt.Errorf("%w: no topic", ErrConfiguration)
	}
	topics := make(map[string]topic, len(arns))
	for _, arn := range arns {
		t, err := parseTopic(arn)
		if err != nil {
			return nil, err
		}
		if commonName != "" {
			t.commonName = commonName
		}
		topics[arn] = t
	}
	return topics, nil
}

// Verify returns the message in body if everything about it is right, and otherwise an error that matches one of this
// package's kinds. body is the JSON document that SNS sent: an http(s) request's body, an SQS message's body, or the
// "Sns" member of a Lambda event's record. header is the request's, or nil if there is none.
//
// ctx bounds the wait for a certificate. Nothing is fetched before form, header, version, topic, age and certificate
// URL have been found right.
func (v *Verifier) Verify(ctx context.Context, body []byte, header http.Header) (Message, error) {
	message, err := v.verify(ctx, body, header)
	if err != nil {
		return nil, fmt.Errorf("snsverify: verify: %w", err)
	}
	return message, nil
}

func (v *Verifier) verify(ctx context.Context, body []byte, header http.Header) (Message, error) {
	if int64(len(body)) > v.maxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTooLarge, len(body), v.maxBytes)
	}
	e, err := parseEnvelope(body)
	if err != nil {
		return nil, err
	}
	if err := e.checkHeader(header); err != nil {
		return nil, err
	}
	version, err := e.version()
	if err != nil {
		return nil, err
	}
	if version < v.minVersion {
		return nil, fmt.Errorf("%w: version %d, at least %d is wanted", ErrVersion, version, v.minVersion)
	}
	t, pinned := v.topics[e.value[fieldTopicARN]]
	if !pinned {
		return nil, fmt.Errorf("%w: %.300q is not pinned", ErrTopic, e.value[fieldTopicARN])
	}
	if err := v.checkAge(e.timestamp); err != nil {
		return nil, err
	}
	cert, err := v.certificate(ctx, t, e.value[fieldSigningCertURL])
	if err != nil {
		return nil, err
	}
	if err := e.verifySignature(cert.key, version); err != nil {
		return nil, err
	}
	return e.message(version), nil
}

func (v *Verifier) checkAge(at time.Time) error {
	if v.maxAge == 0 {
		return nil
	}
	age := v.now().Sub(at)
	if age > v.maxAge || age < -ClockSkew {
		return fmt.Errorf("%w: Timestamp %s is %s old, at most %s is allowed", ErrAge, at.Format(timestampLayout), age, v.maxAge)
	}
	return nil
}

// certificate returns the certificate for a message of t. Everything about it but its dates was checked when it was
// fetched.
func (v *Verifier) certificate(ctx context.Context, t topic, given string) (*certificate, error) {
	url, err := t.certificateURL(given)
	if err != nil {
		return nil, err
	}
	cert, err := v.cache.get(ctx, source{url: url, commonName: t.commonName})
	if err != nil {
		return nil, err
	}
	return cert, cert.checkDates(v.now())
}

// message returns the typed message of a verified envelope.
func (e *envelope) message(version int) Message {
	common := Common{
		Type: Type(e.value[fieldType]), MessageID: e.value[fieldMessageID], TopicARN: e.value[fieldTopicARN],
		Message: e.value[fieldMessage], Timestamp: e.timestamp, SignatureVersion: version,
	}
	switch common.Type {
	case TypeSubscriptionConfirmation:
		return &SubscriptionConfirmation{Common: common, Token: e.value[fieldToken]}
	case TypeUnsubscribeConfirmation:
		return &UnsubscribeConfirmation{Common: common, Token: e.value[fieldToken]}
	default:
		return &Notification{Common: common, Subject: e.value[fieldSubject], UnsignedAttributes: e.attributes}
	}
}
