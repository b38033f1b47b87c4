// Package sqs sends messages to SQS queues.
package sqs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// API is what Queue needs of *sqs.Client.
type API interface {
	SendMessageBatch(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
}

var _ API = (*sqs.Client)(nil)

// Quotas of a batch, which is also how large one message may be, and how many are sent at a time.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const (
	maxBatchEntries = 10
	maxBatchBytes   = 1 << 20
	callsAtOnce     = 8
	maxErrorBytes   = 1024 // of ErrorAttribute; enough for a sentence
)

// ErrorAttribute is the message attribute of a dead letter that says why it was refused. The contract of each construct
// with dead letters names it too.
const ErrorAttribute = "error"

// PermanentAttribute is the message attribute of a dead letter that would be refused again; its value is "true".
const PermanentAttribute = "permanent"

// A Queue is one queue.
type Queue struct {
	Client API
	URL    string
}

var _ queue.Sender = Queue{}

// Send sends messages, whose bodies are JSON, in as few calls as the quotas allow. The result has one error for each
// message, nil for those that the queue accepted.
func (q Queue) Send(ctx context.Context, messages []queue.Message) []error {
	errs := make([]error, len(messages))
	messages = slices.Clone(messages)
	for i := range messages {
		messages[i].Body = escape(messages[i].Body)
	}
	slots := make(chan struct{}, callsAtOnce)
	var calls sync.WaitGroup
	for _, b := range batches(messages) {
		slots <- struct{}{}
		calls.Go(func() {
			defer func() { <-slots }()
			q.sendBatch(ctx, messages[b.from:b.to], errs[b.from:b.to])
		})
	}
	calls.Wait()
	return errs
}

// A span is messages[from:to].
type span struct{ from, to int }

// batches splits messages into calls.
func batches(messages []queue.Message) []span {
	var spans []span
	from, bytes := 0, 0
	for i, m := range messages {
		n := sizeOf(m)
		if i > from && (i-from == maxBatchEntries || bytes+n > maxBatchBytes) {
			spans = append(spans, span{from, i})
			from, bytes = i, 0
		}
		bytes += n
	}
	if from < len(messages) {
		spans = append(spans, span{from, len(messages)})
	}
	return spans
}

// sizeOf returns the size that a message counts for: the name, type and value of an attribute belong to it.
func sizeOf(m queue.Message) int {
	n := len(m.Body)
	for name, value := range attributesOf(m) {
		n += len(name) + len(stringType) + len(*value.StringValue)
	}
	return n
}

// sendBatch makes one call and sets the error of each message.
func (q Queue) sendBatch(ctx context.Context, messages []queue.Message, errs []error) {
	entries := make([]types.SendMessageBatchRequestEntry, len(messages))
	for i, m := range messages {
		entries[i] = entryOf(i, m)
	}
	out, err := q.Client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &q.URL, Entries: entries})
	if err != nil {
		for i := range errs {
			errs[i] = fmt.Errorf("sqs: send to %s: %w", q.URL, err)
		}
		return
	}
	for _, failed := range out.Failed {
		i, err := strconv.Atoi(aws.ToString(failed.Id))
		if err != nil || i < 0 || i >= len(errs) {
			continue
		}
		errs[i] = fmt.Errorf("sqs: send to %s: %w: %s: %s", q.URL, ErrNotAccepted, aws.ToString(failed.Code), aws.ToString(failed.Message))
	}
}

const stringType = "String"

func entryOf(i int, m queue.Message) types.SendMessageBatchRequestEntry {
	entry := types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: &m.Body, DelaySeconds: seconds(m.Delay)}
	if m.Group != "" {
		entry.MessageGroupId = &m.Group
	}
	entry.MessageAttributes = attributesOf(m)
	return entry
}

func attributesOf(m queue.Message) map[string]types.MessageAttributeValue {
	if m.Error == "" {
		return nil
	}
	text := func(s string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String(stringType), StringValue: &s}
	}
	attributes := map[string]types.MessageAttributeValue{ErrorAttribute: text(bounded(m.Error))}
	if m.Permanent {
		attributes[PermanentAttribute] = text("true")
	}
	return attributes
}

// seconds rounds up, so that a delay is never too short.
func seconds(d time.Duration) int32 {
	return int32((min(d, queue.MaxDelay) + time.Second - 1) / time.Second)
}
