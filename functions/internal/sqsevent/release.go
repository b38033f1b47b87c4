package sqsevent

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// maxReleaseDelay bounds the pause between two tries of a record that fails again and again.
const maxReleaseDelay = 30 * time.Second

// ReleaseFailed wraps a handler. Records that it reports as failed are retried soon, and ever later: after 0, 1, 2, 4, 8, 16
// and then each 30 s, instead of after the queue's visibility timeout. That one is left to invocations that are killed.
// A release that fails costs time only.
func ReleaseFailed(handler Handler, releaser queue.Releaser, log *slog.Logger) Handler {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		response, err := handler(ctx, e)
		if err != nil || len(response.BatchItemFailures) == 0 {
			return response, err
		}
		if err := releaser.Release(ctx, releasesOf(e.Records, response.BatchItemFailures)); err != nil {
			log.WarnContext(ctx, "records not released", "records", len(response.BatchItemFailures), "error", err)
		}
		return response, nil
	}
}

func releasesOf(records []events.SQSMessage, failures []events.SQSBatchItemFailure) []queue.Release {
	failed := map[string]bool{}
	for _, f := range failures {
		failed[f.ItemIdentifier] = true
	}
	var releases []queue.Release
	for _, r := range records {
		if failed[r.MessageId] {
			releases = append(releases, queue.Release{Receipt: r.ReceiptHandle, Delay: releaseDelay(r)})
		}
	}
	return releases
}

// releaseDelay doubles with each time that the record was received. The first retry is immediate: most failures are gone
// as fast as they came.
func releaseDelay(r events.SQSMessage) time.Duration {
	received, err := strconv.Atoi(r.Attributes["ApproximateReceiveCount"])
	if err != nil || received <= 1 {
		return 0
	}
	return min(time.Second<<min(received-2, 8), maxReleaseDelay)
}
