package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/oklog/ulid/v2"
)

// A BatchSender sends messages to a queue. *sqs.Client is one.
type BatchSender interface {
	SendMessageBatch(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
}

var _ BatchSender = (*sqs.Client)(nil)

// Defaults of a Publisher's retries.
const (
	DefaultMaxAttempts = 5
	DefaultBackoffBase = 50 * time.Millisecond
	DefaultBackoffCap  = 2 * time.Second
)

// A Publisher sends messages to a hub's intake queue, from where the hub delivers them to the connections of their rooms.
// It is safe for concurrent use.
//
// A message is sent at least once: a call whose answer is lost is made again. It is the same message each time, since
// its ID is fixed before the first try, and receivers drop an ID they have seen. The queue is a standard one: messages
// that are published in turn usually arrive in that order, which is not guaranteed.
type Publisher struct {
	sender      BatchSender
	queueURL    string
	attributes  map[string]types.MessageAttributeValue
	attrBytes   int
	maxAttempts int
	backoff     backoff
	now         func() time.Time
	random      io.Reader
}

// A PublisherOption changes a Publisher's defaults.
type PublisherOption func(*publisherOptions)

type publisherOptions struct {
	attributes  map[string]string
	maxAttempts int
	base, limit time.Duration
	now         func() time.Time
	random      io.Reader
}

// WithAttributes puts string attributes on every SQS message, such as the name of the service that sends it. The hub does
// not read them. At most 10, and none empty: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
func WithAttributes(attributes map[string]string) PublisherOption {
	return func(o *publisherOptions) { o.attributes = attributes }
}

// WithMaxAttempts bounds the tries of each SendMessageBatch call and of what it left over, the first one included.
// Default: DefaultMaxAttempts. The SDK's own retries of a call come on top.
func WithMaxAttempts(n int) PublisherOption {
	return func(o *publisherOptions) { o.maxAttempts = n }
}

// WithBackoff sets the longest wait before the first retry, which doubles with each further one, and its cap. The wait is
// a random part of it. Defaults: DefaultBackoffBase, DefaultBackoffCap.
func WithBackoff(base, limit time.Duration) PublisherOption {
	return func(o *publisherOptions) { o.base, o.limit = base, limit }
}

// WithPublisherClock sets the clock of generated IDs. Default: time.Now.
func WithPublisherClock(now func() time.Time) PublisherOption {
	return func(o *publisherOptions) { o.now = now }
}

// WithPublisherRandom sets the source of random bytes of generated IDs, which must be safe for concurrent use. Default:
// crypto/rand.Reader.
func WithPublisherRandom(random io.Reader) PublisherOption {
	return func(o *publisherOptions) { o.random = random }
}

// NewPublisher returns a Publisher for the queue (stack output QueueUrl). It returns ErrConfig, and makes no call.
func NewPublisher(sender BatchSender, queueURL string, opts ...PublisherOption) (*Publisher, error) {
	o := publisherOptions{
		maxAttempts: DefaultMaxAttempts, base: DefaultBackoffBase, limit: DefaultBackoffCap,
		now: time.Now, random: rand.Reader,
	}
	for _, apply := range opts {
		apply(&o)
	}
	if err := errors.Join(o.faults(sender, queueURL)...); err != nil {
		return nil, fmt.Errorf("client: new publisher: %w", err)
	}
	p := &Publisher{
		sender: sender, queueURL: queueURL, maxAttempts: o.maxAttempts, now: o.now, random: o.random,
		backoff: backoff{base: o.base, limit: o.limit, random: mathrand.Float64, sleep: sleep},
	}
	p.attributes, p.attrBytes = messageAttributes(o.attributes)
	return p, nil
}

func (o publisherOptions) faults(sender BatchSender, queueURL string) []error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, args...)...))
	}
	if sender == nil {
		fault("the SQS client is nil")
	}
	if queueURL == "" {
		fault("the queue URL is empty")
	}
	if o.maxAttempts < 1 {
		fault("%d attempts, at least 1 is needed", o.maxAttempts)
	}
	if o.base <= 0 || o.limit < o.base {
		fault("a back-off of %s up to %s", o.base, o.limit)
	}
	if len(o.attributes) > 10 {
		fault("%d attributes, at most 10 are allowed", len(o.attributes))
	}
	for name, value := range o.attributes {
		if name == "" || value == "" {
			fault("attribute %q has the value %q, neither may be empty", name, value)
		}
	}
	return faults
}

// messageAttributes returns the attributes and their bytes, of which name, type and value count towards SQS's limit.
func messageAttributes(attributes map[string]string) (map[string]types.MessageAttributeValue, int) {
	const dataType = "String"
	if len(attributes) == 0 {
		return nil, 0
	}
	size := 0
	made := make(map[string]types.MessageAttributeValue, len(attributes))
	for name, value := range attributes {
		made[name] = types.MessageAttributeValue{DataType: aws.String(dataType), StringValue: aws.String(value)}
		size += len(name) + len(dataType) + len(value)
	}
	return made, size
}

// newID returns the ID of a message that has none: a ULID, so that IDs sort by time.
func (p *Publisher) newID() (string, error) {
	id, err := ulid.New(ulid.Timestamp(p.now()), p.random)
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}
