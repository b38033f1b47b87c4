package eventsource

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// A Mapping is an AWS::Lambda::EventSourceMapping of a queue.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
type Mapping struct {
	ID       string // for logs, such as the logical id
	Function string // ARN or name, with or without qualifier
	QueueURL string
	QueueARN string

	BatchSize               int           // 1 to 10000, of FIFO queues to 10. Default: 10
	BatchWindow             time.Duration // whole seconds up to 5 min; needed when BatchSize is over 10. Default: 0
	ReportBatchItemFailures bool
	MaximumConcurrency      int      // 2 to 1000. Default: 1000
	FilterCriteria          []string // patterns; refused with ErrNotSupported
	Disabled                bool
}

const (
	minPollers     = 2    // when idle
	burstPollers   = 5    // reached at once when messages are there
	maxConcurrency = 1000 // batches at a time
	receiveMost    = 10   // messages of one ReceiveMessage
)

func (m Mapping) withDefaults() Mapping {
	if m.BatchSize == 0 {
		m.BatchSize = 10
	}
	if m.MaximumConcurrency == 0 {
		m.MaximumConcurrency = maxConcurrency
	}
	return m
}

func (m Mapping) isFIFO() bool { return strings.HasSuffix(m.QueueARN, ".fifo") }

// validate refuses what AWS would refuse.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
func (m Mapping) validate() error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("eventsource: mapping %s: %w: "+format, append([]any{m.ID, ErrInvalidMapping}, args...)...)
	}
	switch {
	case m.Function == "":
		return refuse("no function")
	case m.QueueURL == "":
		return refuse("no queue URL")
	case len(strings.Split(m.QueueARN, ":")) != 6 || !strings.Contains(m.QueueARN, ":sqs:"):
		return refuse("queue ARN %q", m.QueueARN)
	case len(m.FilterCriteria) > 0:
		return fmt.Errorf("eventsource: mapping %s: %w: FilterCriteria %s", m.ID, ErrNotSupported, strings.Join(m.FilterCriteria, " "))
	case m.BatchSize < 1 || m.BatchSize > 10000:
		return refuse("batch size %d, 1 to 10000 are allowed", m.BatchSize)
	case m.isFIFO() && m.BatchSize > 10:
		return refuse("batch size %d of a FIFO queue, at most 10 are allowed", m.BatchSize)
	case m.isFIFO() && m.BatchWindow > 0:
		return refuse("batching window %s of a FIFO queue, none is allowed", m.BatchWindow)
	case m.BatchWindow < 0 || m.BatchWindow > 5*time.Minute || m.BatchWindow%time.Second != 0:
		return refuse("batching window %s, whole seconds up to 5m0s are allowed", m.BatchWindow)
	case m.BatchSize > 10 && m.BatchWindow == 0:
		return refuse("batch size %d needs a batching window of at least 1 second", m.BatchSize)
	case m.MaximumConcurrency < 2 || m.MaximumConcurrency > maxConcurrency:
		return refuse("maximum concurrency %d, 2 to 1000 are allowed", m.MaximumConcurrency)
	}
	return nil
}

// Queues is what an event source needs of the SQS client.
type Queues interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

var _ Queues = (*sqs.Client)(nil)
