// Package sqsevent handles the batches that an SQS event source mapping delivers, and reports which records failed.
package sqsevent

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// A Handler handles a batch. The event source mapping must have ReportBatchItemFailures.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
type Handler = func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)

// Batch handles the records of a batch together. handle returns the ids of those that failed.
func Batch(handle func(ctx context.Context, records []queue.Record) (failed []string)) Handler {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		records := make([]queue.Record, len(e.Records))
		for i, r := range e.Records {
			records[i] = queue.Record{ID: r.MessageId, Body: r.Body, SentAt: sentAt(r)}
		}
		return report(handle(ctx, records)), nil
	}
}

// sentAt returns when the message was sent, or the zero time if the record does not have it.
func sentAt(m events.SQSMessage) time.Time {
	ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// A Worker handles one message.
type Worker interface {
	Handle(ctx context.Context, body string) error
}

// Each handles the messages of a batch concurrently.
func Each(worker Worker, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		errs := make([]error, len(e.Records))
		var all sync.WaitGroup
		for i, r := range e.Records {
			all.Go(func() { errs[i] = worker.Handle(ctx, r.Body) })
		}
		all.Wait()
		var failed []string
		for i, err := range errs {
			if err != nil {
				log.ErrorContext(ctx, "record failed", "record_id", e.Records[i].MessageId, "error", err)
				failed = append(failed, e.Records[i].MessageId)
			}
		}
		return report(failed), nil
	}
}

// report has a list even when nothing failed, as in the documentation.
func report(failed []string) events.SQSEventResponse {
	items := make([]events.SQSBatchItemFailure, len(failed))
	for i, id := range failed {
		items[i] = events.SQSBatchItemFailure{ItemIdentifier: id}
	}
	return events.SQSEventResponse{BatchItemFailures: items}
}
