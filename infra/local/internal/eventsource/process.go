package eventsource

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

const (
	firstThrottleDelay = 200 * time.Millisecond
	maxThrottleDelay   = 5 * time.Second
)

// process runs the function on a batch and deletes what succeeded. The rest becomes visible again after its visibility
// timeout, as on AWS.
func (s *EventSource) process(b batch, received time.Time) {
	answer, functionError, err := s.invoke(b, received)
	switch {
	case err != nil:
		s.logger.Warn("batch not processed", slog.Int("messages", len(b.messages)), slog.Any("error", err))
		s.backOff()
		return
	case functionError != "":
		s.logger.Warn("function failed on a batch", slog.Int("messages", len(b.messages)), slog.String("error", functionError))
		if !s.mapping.ReportBatchItemFailures {
			s.backOff()
		}
		return
	}
	s.regain()
	if b.duplicate {
		return
	}
	s.remove(s.succeeded(b, answer))
}

// invoke retries while the function is throttled and the messages are invisible to others.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-backoff-strategy
func (s *EventSource) invoke(b batch, received time.Time) ([]byte, string, error) {
	delay := firstThrottleDelay
	ctx := lineage.NewContext(s.working, b.chain)
	var hidden time.Duration
	for {
		answer, functionError, err := s.invoker.Invoke(ctx, s.mapping.Function, b.payload)
		if err == nil || !throttled(err) || s.polling.Err() != nil {
			return answer, functionError, err
		}
		if hidden == 0 {
			hidden = s.queueVisibility(s.working)
			s.backOff()
		}
		if s.clock.Now().Add(delay).Sub(received) >= hidden {
			return nil, "", err
		}
		s.wait(delay)
		delay = min(2*delay, maxThrottleDelay)
	}
}

// regain lets the pollers grow again after a success.
func (s *EventSource) regain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ceiling = max(s.ceiling, min(burstPollers, s.mapping.MaximumConcurrency))
}

// succeeded returns the messages of b to delete.
func (s *EventSource) succeeded(b batch, answer []byte) []types.Message {
	if !s.mapping.ReportBatchItemFailures {
		return b.messages
	}
	ids := make(map[string]bool, len(b.messages))
	for _, m := range b.messages {
		ids[value(m.MessageId)] = true
	}
	failed, err := failedItems(answer, ids)
	if err != nil {
		s.logger.Warn("partial batch response not understood", slog.Int("messages", len(b.messages)), slog.Any("error", err))
		return nil
	}
	kept := make([]types.Message, 0, len(b.messages)-len(failed))
	for _, m := range b.messages {
		if !failed[value(m.MessageId)] {
			kept = append(kept, m)
		}
	}
	return kept
}

// remove deletes messages, ten a call.
func (s *EventSource) remove(messages []types.Message) {
	for len(messages) > 0 {
		part := messages[:min(len(messages), receiveMost)]
		messages = messages[len(part):]
		entries := make([]types.DeleteMessageBatchRequestEntry, len(part))
		for n, m := range part {
			id := strconv.Itoa(n)
			entries[n] = types.DeleteMessageBatchRequestEntry{Id: &id, ReceiptHandle: m.ReceiptHandle}
		}
		// Deleted also while Stop drains.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.working), 30*time.Second)
		out, err := s.queues.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &s.mapping.QueueURL, Entries: entries})
		cancel()
		if err != nil {
			s.logger.Error("messages not deleted; they will be delivered again", slog.Int("messages", len(part)), slog.Any("error", err))
			continue
		}
		for _, failure := range out.Failed {
			s.logger.Error("message not deleted; it will be delivered again", slog.String("code", value(failure.Code)))
		}
	}
}
