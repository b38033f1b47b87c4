// Package sqsevent turns batches of SQS into calls of the domain, and their outcome into a report of what failed.
package sqsevent

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/hub/broadcast"
)

// A Handler handles a batch. The event source mapping must have ReportBatchItemFailures.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
type Handler = func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)

// A Broadcaster handles a batch of the intake queue and returns the ids of the records that failed.
type Broadcaster interface {
	Broadcast(ctx context.Context, records []broadcast.Record) (failed []string)
}

// Broadcast handles the intake queue.
func Broadcast(b Broadcaster) Handler {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		records := make([]broadcast.Record, len(e.Records))
		for i, r := range e.Records {
			records[i] = broadcast.Record{ID: r.MessageId, Body: r.Body, SentAt: sentAt(r)}
		}
		return report(b.Broadcast(ctx, records)), nil
	}
}

// sentAt is when the message was put on the queue: the zero time if the queue does not say.
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

// Each handles the messages of a batch side by side.
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

// report holds a list even when nothing failed, as the documentation shows it.
func report(failed []string) events.SQSEventResponse {
	items := make([]events.SQSBatchItemFailure, len(failed))
	for i, id := range failed {
		items[i] = events.SQSBatchItemFailure{ItemIdentifier: id}
	}
	return events.SQSEventResponse{BatchItemFailures: items}
}
