package provision

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// createQueues creates all queues first and then sets redrive policies, so that their order does not matter.
func (r *Resources) createQueues(ctx context.Context, c Queues) error {
	for _, q := range r.Queues {
		if err := createQueue(ctx, c, q); err != nil {
			return creating("queue", q.Name, q.ID, err)
		}
	}
	for _, q := range r.Queues {
		if q.DeadLetterARN == "" {
			continue
		}
		if err := setRedrive(ctx, c, q); err != nil {
			return creating("redrive policy of queue", q.Name, q.ID, err)
		}
	}
	return nil
}

func createQueue(ctx context.Context, c Queues, q *Queue) error {
	attributes := maps.Clone(q.Attributes)
	if q.FIFO {
		attributes[string(types.QueueAttributeNameFifoQueue)] = "true"
	}
	_, err := c.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &q.Name, Attributes: attributes})
	return err
}

func setRedrive(ctx context.Context, c Queues, q *Queue) error {
	policy, err := json.Marshal(map[string]string{
		"deadLetterTargetArn": q.DeadLetterARN, "maxReceiveCount": strconv.Itoa(q.MaxReceiveCount),
	})
	if err != nil {
		return err
	}
	_, err = c.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
		QueueUrl: &q.URL, Attributes: map[string]string{string(types.QueueAttributeNameRedrivePolicy): string(policy)},
	})
	return err
}
