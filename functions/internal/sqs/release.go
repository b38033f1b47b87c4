package sqs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
)

// ReceiverAPI is what Receiver needs of *sqs.Client.
type ReceiverAPI interface {
	ChangeMessageVisibilityBatch(context.Context, *sqs.ChangeMessageVisibilityBatchInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
}

var _ ReceiverAPI = (*sqs.Client)(nil)

// A Receiver is a queue as those see it who received messages of it.
type Receiver struct {
	Client ReceiverAPI
	URL    string
}

var _ queue.Releaser = Receiver{}

// Release makes received messages visible again.
func (r Receiver) Release(ctx context.Context, releases []queue.Release) error {
	var errs []error
	for part := range slices.Chunk(releases, maxBatchEntries) {
		entries := make([]types.ChangeMessageVisibilityBatchRequestEntry, len(part))
		for i, release := range part {
			entries[i] = types.ChangeMessageVisibilityBatchRequestEntry{
				Id: aws.String(strconv.Itoa(i)), ReceiptHandle: &part[i].Receipt, VisibilityTimeout: seconds(release.Delay),
			}
		}
		out, err := r.Client.ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &r.URL, Entries: entries})
		if err != nil {
			errs = append(errs, fmt.Errorf("sqs: release %d messages of %s: %w", len(part), r.URL, err))
			continue
		}
		for _, failed := range out.Failed {
			errs = append(errs, fmt.Errorf("sqs: release a message of %s: %s: %s", r.URL, aws.ToString(failed.Code), aws.ToString(failed.Message)))
		}
	}
	return errors.Join(errs...)
}
