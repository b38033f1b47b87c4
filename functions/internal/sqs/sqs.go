// Package sqs sends the hub's messages to queues.
package sqs

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// API is what Queue needs of *sqs.Client.
type API interface {
	SendMessageBatch(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
}

var _ API = (*sqs.Client)(nil)

// Quotas of a batch, which is also how large one message may be.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const (
	maxBatchEntries = 10
	maxBatchBytes   = 1 << 20
	maxErrorBytes   = 1024 // of contract.AttributeError; enough for a sentence
)

// A Queue is one queue.
type Queue struct {
	Client API
	URL    string
}

// Send sends messages in as few calls as the quotas allow. The result has one error for each message, nil for those that
// the queue took.
func (q Queue) Send(ctx context.Context, messages []hub.QueueMessage) []error {
	errs := make([]error, len(messages))
	for _, b := range batches(messages) {
		q.sendBatch(ctx, messages[b.from:b.to], errs[b.from:b.to])
	}
	return errs
}

// A span is messages[from:to].
type span struct{ from, to int }

// batches cuts messages into calls.
func batches(messages []hub.QueueMessage) []span {
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

// sizeOf is what a message counts: attributes with name, type and value belong to it.
func sizeOf(m hub.QueueMessage) int {
	if m.Error == "" {
		return len(m.Body)
	}
	return len(m.Body) + len(contract.AttributeError) + len(stringType) + len(bounded(m.Error))
}

// sendBatch makes one call and notes what became of each message.
func (q Queue) sendBatch(ctx context.Context, messages []hub.QueueMessage, errs []error) {
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
		errs[i] = fmt.Errorf("sqs: send to %s: %w: %s: %s", q.URL, ErrNotTaken, aws.ToString(failed.Code), aws.ToString(failed.Message))
	}
}

const stringType = "String"

func entryOf(i int, m hub.QueueMessage) types.SendMessageBatchRequestEntry {
	entry := types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: &m.Body, DelaySeconds: seconds(m.Delay)}
	if m.Group != "" {
		entry.MessageGroupId = &m.Group
	}
	if m.Error != "" {
		entry.MessageAttributes = map[string]types.MessageAttributeValue{
			contract.AttributeError: {DataType: aws.String(stringType), StringValue: aws.String(bounded(m.Error))},
		}
	}
	return entry
}

// seconds rounds up, so that a delay is never shorter than it was meant.
func seconds(d time.Duration) int32 {
	return int32((min(d, hub.MaxDelay) + time.Second - 1) / time.Second)
}
