package eventsource

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	firstErrorDelay = 100 * time.Millisecond
	maxErrorDelay   = 30 * time.Second
)

// poll receives, invokes and deletes until polling ends or it is not needed any more.
func (s *EventSource) poll() {
	delay := firstErrorDelay
	for {
		messages, err := s.gather()
		if len(messages) > 0 {
			s.busy()
			s.deliver(messages, s.clock.Now())
		}
		if err == nil || s.polling.Err() != nil {
			delay = firstErrorDelay
		} else {
			s.logger.Error("messages not received", slog.Any("error", err))
			s.wait(delay)
			delay = min(2*delay, maxErrorDelay)
		}
		if !s.goOn(len(messages) > 0) {
			return
		}
	}
}

// wait lets d pass, or polling end.
func (s *EventSource) wait(d time.Duration) {
	select {
	case <-s.clock.After(d):
	case <-s.polling.Done():
	}
}

// gather waits for messages and collects a batch, within the batching window if there is one. Messages received before an
// error are returned with it.
func (s *EventSource) gather() ([]types.Message, error) {
	messages, err := s.receive(s.mapping.BatchSize, longPoll)
	if err != nil || len(messages) == 0 || s.mapping.BatchWindow == 0 {
		return messages, err
	}
	closes := s.clock.Now().Add(s.mapping.BatchWindow)
	bytes := size(messages)
	for len(messages) < s.mapping.BatchSize && bytes < maxEventBytes && s.polling.Err() == nil {
		left := closes.Sub(s.clock.Now())
		more, err := s.receive(s.mapping.BatchSize-len(messages), min(left.Truncate(time.Second), longPoll))
		messages = append(messages, more...)
		bytes += size(more)
		if err != nil || left <= 0 {
			return messages, err
		}
		if len(more) == 0 && left < time.Second {
			s.wait(left) // a long poll waits whole seconds only
		}
	}
	return messages, nil
}

func size(messages []types.Message) int {
	total := 0
	for _, m := range messages {
		total += len(value(m.Body))
	}
	return total
}

// receive makes one call, for at most ten messages.
func (s *EventSource) receive(most int, wait time.Duration) ([]types.Message, error) {
	out, err := s.queues.ReceiveMessage(s.polling, &sqs.ReceiveMessageInput{
		QueueUrl:                    &s.mapping.QueueURL,
		MaxNumberOfMessages:         int32(min(most, receiveMost)),
		WaitTimeSeconds:             int32(max(wait, 0) / time.Second),
		MessageAttributeNames:       []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil {
		return nil, err
	}
	return out.Messages, nil
}

// queueVisibility returns the queue's visibility timeout, which may change meanwhile.
func (s *EventSource) queueVisibility(ctx context.Context) time.Duration {
	name := types.QueueAttributeNameVisibilityTimeout
	out, err := s.queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &s.mapping.QueueURL, AttributeNames: []types.QueueAttributeName{name}})
	if err != nil {
		return defaultVisibility
	}
	seconds, err := strconv.Atoi(out.Attributes[string(name)])
	if err != nil {
		return defaultVisibility
	}
	return time.Duration(seconds) * time.Second
}
